/** A run of bytes, both ends included, as in `content-range`. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const SINGLE = /^bytes=\s*(\d*)-(\d*)\s*$/i;

/**
 * The range a `range` header asks for (RFC 9110 section 14.1.2). Several ranges, other units and malformed headers are
 * ignored, as section 14.2 allows: the answer is then the whole file.
 *
 * @returns undefined to send everything, "unsatisfiable" for a range with no byte of the file
 */
export function parseRange(
  header: string | null,
  sizeBytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const found = header === null ? null : SINGLE.exec(header);
  if (found === null) return undefined;
  const [, firstText = "", lastText = ""] = found;
  if (firstText === "") return lastText === "" ? undefined : suffix(Number(lastText), sizeBytes);
  const first = Number(firstText);
  const last = lastText === "" ? Infinity : Number(lastText);
  if (last < first) return undefined;
  if (first >= sizeBytes) return "unsatisfiable";
  return { first, last: Math.min(last, sizeBytes - 1) };
}

function suffix(length: number, sizeBytes: number): ByteRange | "unsatisfiable" {
  if (length === 0 || sizeBytes === 0) return "unsatisfiable";
  return { first: Math.max(0, sizeBytes - length), last: sizeBytes - 1 };
}
