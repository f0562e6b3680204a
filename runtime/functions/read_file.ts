import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { err, ok, type Result } from "../result.ts";

/**
 * Reads a whole file of at most `maxBytes`. The error says why not, and continues a sentence, e.g. `the system answered
 * EACCES`.
 */
export type ReadFile = (
  path: string,
  maxBytes: number,
) => Promise<Result<Uint8Array<ArrayBuffer>, string>>;

/**
 * Reads a regular file, whatever stood at its path a moment ago: a pipe that took its place is not waited for, and a
 * file that is too large is not read at all.
 */
export const readRegularFile: ReadFile = async (path, maxBytes) => {
  try {
    // Without O_NONBLOCK opening a pipe waits for its writer, and holds up one of the few file threads.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await readHandle(handle, maxBytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "unknown error";
    return err(`the system answered ${code}`);
  }
};

async function readHandle(
  handle: FileHandle,
  maxBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, string>> {
  const info = await handle.stat();
  if (!info.isFile()) return err("it is not a regular file");
  if (info.size > maxBytes) return err(`it has ${info.size} bytes, and the limit is ${maxBytes}`);
  const bytes = new Uint8Array(info.size);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return ok(length === bytes.length ? bytes : bytes.slice(0, length));
}
