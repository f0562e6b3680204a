import { Buffer } from "node:buffer";

/** What a run asks of the server's thread. */
export type CoordCall =
  /** Answered with the token, when the lock is granted. */
  | { readonly kind: "acquire"; readonly lock: string; readonly waits: boolean }
  /** Not answered. */
  | { readonly kind: "release"; readonly lock: string }
  /** Answered when the data is durable. */
  | { readonly kind: "append"; readonly log: string; readonly data: Uint8Array }
  /** Answered with bytes of the log from `offset` on, as many as there is room for. */
  | { readonly kind: "read"; readonly log: string; readonly offset: number }
  /** Answered with the bytes in the log. */
  | { readonly kind: "size"; readonly log: string }
  /** Answered with the names of all logs, separated by line breaks. */
  | { readonly kind: "names" };

/** What comes of a call: an error number of WASI, a number, and bytes, whichever the call is about. */
export interface CoordReply {
  readonly errno: number;
  readonly value?: number;
  readonly bytes?: Uint8Array;
}

/**
 * Where the answer to one call goes: memory that the waiting thread shares with the server's. A word that says whether it
 * is there, the error number, the count of bytes, the number, and room for the bytes.
 */
export type CallCell = SharedArrayBuffer;

const HEAD_BYTES = 24;
const WORD = { isAnswered: 0, errno: 1, byteCount: 2 } as const;

/** A cell with room for so many bytes. */
export function newCell(roomBytes: number): CallCell {
  return new SharedArrayBuffer(HEAD_BYTES + roomBytes);
}

/** How many bytes an answer may have. */
export function roomOf(cell: CallCell): number {
  return cell.byteLength - HEAD_BYTES;
}

/** Answers a call, once. */
export function writeReply(cell: CallCell, { errno, value = 0, bytes }: CoordReply): void {
  const words = new Int32Array(cell, 0, 3);
  words[WORD.errno] = errno;
  words[WORD.byteCount] = bytes?.length ?? 0;
  new Float64Array(cell, 16, 1)[0] = value;
  if (bytes !== undefined) new Uint8Array(cell, HEAD_BYTES).set(bytes);
  Atomics.store(words, WORD.isAnswered, 1);
}

/** The answer, once it is there. Its bytes are the cell's own. */
export function readReply(cell: CallCell): Required<CoordReply> | undefined {
  const words = new Int32Array(cell, 0, 3);
  if (Atomics.load(words, WORD.isAnswered) === 0) return undefined;
  const bytes = new Uint8Array(cell, HEAD_BYTES, words[WORD.byteCount]);
  return { errno: words[WORD.errno]!, value: new Float64Array(cell, 16, 1)[0]!, bytes };
}

/** Text of bytes that may be shared between threads, which decoders refuse. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
