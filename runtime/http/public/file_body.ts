import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "./byte_range.ts";

const CHUNK_BYTES = 64 * 1024;

/** The bytes of a range as a response body: small ones read at once, larger ones as a stream. Closes the handle. */
export async function fileBody(
  handle: FileHandle,
  range: ByteRange,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>> {
  const length = range.last - range.first + 1;
  if (length > CHUNK_BYTES) return streamRange(handle, range);
  try {
    return await readChunk(handle, range.first, length);
  } finally {
    await handle.close();
  }
}

function streamRange(
  handle: FileHandle,
  range: ByteRange,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = range.first;
  return new ReadableStream({
    async pull(controller) {
      const chunk = await readChunk(
        handle,
        position,
        Math.min(CHUNK_BYTES, range.last + 1 - position),
      )
        .catch(async (cause) => {
          await handle.close();
          throw cause;
        });
      position += chunk.length;
      controller.enqueue(chunk);
      if (position <= range.last) return;
      controller.close();
      await handle.close();
    },
    cancel: () => handle.close(),
  });
}

/** Reads exactly `length` bytes; a file that became shorter meanwhile is an error, since its length was promised. */
async function readChunk(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunk = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(chunk, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new Error(`File ended at byte ${position + filled}`);
    filled += bytesRead;
  }
  return chunk;
}
