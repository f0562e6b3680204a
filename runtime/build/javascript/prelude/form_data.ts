import { decodeBytes } from "./encoding.ts";
import { URLSearchParams } from "./search_params.ts";

/** Fetch's `FormData`, of texts alone; as a body it is sent as a URL's parameters are. */
export class FormData extends URLSearchParams {
  override get [Symbol.toStringTag](): string {
    return "FormData";
  }
}

/** Reads a body as its content type says. */
export function parseForm(body: Uint8Array, contentType: string): FormData {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return new FormData(decodeBytes(body));
  }
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(
    contentType,
  );
  if (boundary === null) throw new TypeError(`A body of type "${contentType}" is no form`);
  return parseMultipart(body, boundary[1] ?? boundary[2]!);
}

/** Bytes as characters of the same number, so that they can be searched as text. */
function binaryText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

function parseMultipart(body: Uint8Array, boundary: string): FormData {
  const form = new FormData();
  const text = "\r\n" + binaryText(body);
  const parts = text.split(`\r\n--${boundary}`);
  for (const part of parts.slice(1, -1)) {
    const headEnd = part.indexOf("\r\n\r\n");
    const name = /^content-disposition:.*?[;\s]name="([^"]*)"/im.exec(part.slice(0, headEnd))?.[1];
    if (headEnd === -1 || name === undefined) {
      throw new TypeError("The form has a part without a name");
    }
    form.append(decoded(name), decoded(part.slice(headEnd + 4)));
  }
  return form;
}

function decoded(binary: string): string {
  return decodeBytes(Uint8Array.from(binary, (each) => each.charCodeAt(0)));
}
