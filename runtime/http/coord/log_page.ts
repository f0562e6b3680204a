import { Buffer } from "node:buffer";
import type { LogRecord } from "../../coord/log.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A record as JSON shows it: `data` where it is text, else `data_base64`. */
export function recordJson({ index, offset, position, data }: LogRecord): Record<string, unknown> {
  return { index, offset, position, ...dataJson(data) };
}

/** The bytes of these records, one after the other. */
export function recordBytes(records: readonly LogRecord[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(records.reduce((sum, { data }) => sum + data.length, 0));
  let offset = 0;
  for (const { data } of records) {
    bytes.set(data, offset);
    offset += data.length;
  }
  return bytes;
}

function dataJson(data: Uint8Array): Record<string, string> {
  try {
    return { data: DECODER.decode(data) };
  } catch {
    return { data_base64: Buffer.from(data).toString("base64") };
  }
}
