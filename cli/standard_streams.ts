import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { delay, SYSTEM_CLOCK } from "../runtime/clock.ts";
import { err, ok, type Result } from "../runtime/result.ts";

/** Everything that comes on standard input. */
export async function readStdin(): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}

/** Writes to standard output; rejects if nobody reads it any more. */
export function writeStdout(content: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => error ? reject(error) : resolve());
  });
}

/**
 * Resolves when all that was printed is written, or nobody reads it any more. On Node a pipe takes 64 KiB at a time,
 * and what then still waits would end with the process.
 *
 * @param patienceMs For how long a reader who has stopped reading is waited for. @default without end
 */
export async function flushStandardStreams(patienceMs?: number): Promise<void> {
  const flushed = Promise.all([process.stdout, process.stderr].map((stream) => {
    return new Promise<void>((resolve) => stream.write("", () => resolve()));
  }));
  if (patienceMs === undefined) return void await flushed;
  await Promise.race([flushed, delay(SYSTEM_CLOCK, patienceMs)]);
}

/** The bytes that `TEXT`, `@FILE` or `-`, for standard input, stands for. The error is a sentence. */
export async function readData(given: string): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  if (given === "-") return ok(await readStdin());
  if (!given.startsWith("@")) return ok(new TextEncoder().encode(given));
  return await readBytes(given.slice(1));
}

/** Reads a file. The error is a sentence. */
export async function readBytes(path: string): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  try {
    return ok(new Uint8Array(await readFile(path)));
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message: string };
    const reason = code === "ENOENT" ? "there is no such file" : message;
    return err(`Cannot read ${path}: ${reason}`);
  }
}
