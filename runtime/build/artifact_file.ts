import type { Artifact } from "./artifact.ts";

/**
 * Artifacts as files: a header in JSON, in which every run of bytes is `{"$bytes": [start, end]}`, and the bytes behind it.
 * The structured clone's own format would differ from one version of V8 to the next.
 *
 *     "SKERRY1\n" | u32 length of the header | header | bytes…
 */
const MAGIC = new TextEncoder().encode("SKERRY1\n");
const LENGTH_BYTES = 4;

/** The file of an artifact. */
export function encodeArtifact(artifact: Artifact): Uint8Array<ArrayBuffer> {
  const blobs: Uint8Array[] = [];
  let end = 0;
  const header = JSON.stringify(artifact, (_, value) => {
    if (!(value instanceof Uint8Array)) return value;
    blobs.push(value);
    return { $bytes: [end, end += value.length] };
  });
  return joined([MAGIC, u32(new TextEncoder().encode(header).length), header, ...blobs]);
}

/** The artifact of a file; undefined if it is none, or cut short. */
export function decodeArtifact(file: Uint8Array): Artifact | undefined {
  const headerStart = MAGIC.length + LENGTH_BYTES;
  if (file.length < headerStart || !MAGIC.every((byte, at) => file[at] === byte)) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const blobStart = headerStart + view.getUint32(MAGIC.length, true);
  try {
    const header = new TextDecoder().decode(file.subarray(headerStart, blobStart));
    const artifact = JSON.parse(header, (_, value) => {
      return isBlob(value) ? slice(file, blobStart, value.$bytes) : value;
    });
    return artifact.kind === "module" || artifact.kind === "static" ? artifact : undefined;
  } catch {
    return undefined;
  }
}

function isBlob(value: unknown): value is { $bytes: [number, number] } {
  return typeof value === "object" && value !== null && "$bytes" in value;
}

/** A copy, so that each can be posted and transferred without all the others. */
function slice(file: Uint8Array, offset: number, [start, end]: [number, number]): Uint8Array {
  if (offset + end > file.length) throw new RangeError("cut short");
  return new Uint8Array(file.subarray(offset + start, offset + end));
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function joined(parts: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const encoded = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const all = new Uint8Array(encoded.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of encoded) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
