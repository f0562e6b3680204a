import { Buffer } from "node:buffer";

/** A row as the table has it. */
export interface StoredRow {
  /** The text of `k`; for what is no text, how SQL writes it. */
  readonly key: string;
  /** The text of `v`; "" for what is none, or too long. */
  readonly value: string;
  /** Unix seconds; 0 for what is no time. */
  readonly updated: number;
  /** What is wrong with the key's form, continuing a sentence. */
  readonly keyProblem?: string;
  /** What is wrong with the value's form, continuing a sentence. */
  readonly valueProblem?: string;
}

/** Whether a row is the same as it was. */
export function isSameRow(a: StoredRow, b: StoredRow): boolean {
  return a.key === b.key && a.value === b.value && a.updated === b.updated &&
    a.keyProblem === b.keyProblem && a.valueProblem === b.valueProblem;
}

/** Bytes of a key at most. */
export const MAX_KEY_BYTES = 2048;

/** Takes a row apart as `READ` of `route_database.ts` answers it. */
export function toStoredRow(row: Record<string, unknown>, decoder: TextDecoder): StoredRow {
  const { keyType, valueType, valueBytes } = row;
  const key = readText(row.key, keyType, decoder, MAX_KEY_BYTES);
  const value = readText(row.value, valueType, decoder);
  return {
    key: "text" in key ? key.text : literalOf(row.key),
    value: "text" in value ? value.text : "",
    updated: typeof row.updated === "number" ? row.updated : 0,
    keyProblem: "problem" in key ? `k ${key.problem}` : undefined,
    valueProblem: "problem" in value ? `v ${value.problem} (${valueBytes} bytes)` : undefined,
  };
}

function readText(
  bytes: unknown,
  type: unknown,
  decoder: TextDecoder,
  maxBytes = Infinity,
): { readonly text: string } | { readonly problem: string } {
  if (type !== "text") return { problem: `must be text, found ${type}` };
  if (!(bytes instanceof Uint8Array) || bytes.length > maxBytes) return { problem: "is too long" };
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { problem: "is not in the database's encoding" };
  }
}

const MAX_SHOWN_BYTES = 40;

function literalOf(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) return bytes === null ? "NULL" : String(bytes);
  const hex = Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)).toString("hex");
  return `x'${hex}${bytes.length > MAX_SHOWN_BYTES ? "…" : ""}'`;
}
