import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { RequestLimits } from "./app_options.ts";
import type { Clock } from "../clock.ts";

/** The body of every request without one. */
export const NO_BODY: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Whether a request brings a body. GET and HEAD have none in Fetch, and asking them costs Node a whole `Request`. */
export function hasBody(method: string, request: Request): boolean {
  return method !== "GET" && method !== "HEAD" && request.body !== null;
}

/**
 * Reads a whole body within the limits. A declared length over the limit is refused before the first byte; a body that
 * is not complete in time is given up, however steadily it drips.
 *
 * @returns the bytes, or `request_too_large`, `request_timeout`, or `bad_request` if the client broke off
 */
export async function readBody(
  request: Request,
  limits: RequestLimits,
  clock: Clock,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  const { body } = request;
  if (body === null) return ok(NO_BODY);
  const declared = Number(request.headers.get("content-length"));
  if (declared > limits.requestBytes) {
    await body.cancel().catch(ignore);
    return err(tooLarge(limits.requestBytes));
  }
  return await readStream(body.getReader(), limits, clock);
}

async function readStream(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  limits: RequestLimits,
  clock: Clock,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  let isLate = false;
  const stopTimer = clock.after(limits.bodyTimeoutMs, () => {
    isLate = true;
    // Cancelling settles the pending read, so no race is needed.
    reader.cancel().catch(ignore);
  });
  try {
    const result = await readChunks(reader, limits.requestBytes);
    return isLate ? err(tooSlow(limits.bodyTimeoutMs)) : result;
  } finally {
    stopTimer();
  }
}

async function readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  limitBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, SkerryError>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return ok(concatenate(chunks, length));
      length += value.length;
      if (length > limitBytes) break;
      chunks.push(value);
    }
  } catch {
    return err(skerryError("bad_request", `Cannot read the body: it broke off at ${length} bytes`));
  }
  await reader.cancel().catch(ignore);
  return err(tooLarge(limitBytes));
}

function concatenate(chunks: Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const [first] = chunks;
  if (first === undefined) return NO_BODY;
  if (chunks.length === 1) return first;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function tooLarge(limit: number): SkerryError {
  const message = `Cannot read the body: it is larger than ${limit} bytes`;
  return skerryError("request_too_large", message, { limit });
}

function tooSlow(timeoutMs: number): SkerryError {
  const message = `Cannot read the body: it was not complete after ${timeoutMs} ms`;
  return skerryError("request_timeout", message, { timeout_ms: timeoutMs });
}

/** Cancelling a stream that has already failed rejects, and there is nothing left to do about it. */
function ignore(): void {}
