import { Buffer } from "node:buffer";

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A source as a JSON string: itself where it is text, else in base64. */
export function sourceText(
  source: Uint8Array,
): { readonly code: string; readonly base64?: true } {
  try {
    return { code: DECODER.decode(source) };
  } catch {
    return { code: Buffer.from(source).toString("base64"), base64: true };
  }
}
