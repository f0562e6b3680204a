import { bytesOf, decodeBytes, encodeUtf8, joinBytes } from "./encoding.ts";
import { FormData, parseForm } from "./form_data.ts";
import type { Headers } from "./headers.ts";
import { ReadableStream } from "./streams.ts";
import { URLSearchParams } from "./search_params.ts";

export type BodyInit = string | BufferSource | URLSearchParams | ReadableStream;

/** What a body is made of: bytes, what makes them when they are asked for, or a stream of them. */
export type BodySource = Uint8Array<ArrayBuffer> | (() => Uint8Array<ArrayBuffer>) | ReadableStream;

/** The bytes of what a body may be made of, and the content type that goes with it. */
export function bodyOf(init: BodyInit): { source: BodySource; contentType?: string } {
  if (init instanceof ReadableStream) return { source: init };
  if (init instanceof URLSearchParams) {
    return {
      source: encodeUtf8(init.toString()),
      contentType: "application/x-www-form-urlencoded;charset=UTF-8",
    };
  }
  if (init instanceof ArrayBuffer || ArrayBuffer.isView(init)) {
    return { source: bytesOf(init).slice() };
  }
  return { source: encodeUtf8(String(init)), contentType: "text/plain;charset=UTF-8" };
}

/** What `Request` and `Response` have in common. */
export abstract class Body {
  abstract readonly headers: Headers;
  #source: BodySource | null;
  #stream: ReadableStream | null = null;
  #isUsed = false;

  constructor(source: BodySource | null) {
    this.#source = source;
  }

  get bodyUsed(): boolean {
    return this.#isUsed || this.#stream?.isDisturbed === true;
  }

  get body(): ReadableStream | null {
    if (this.#source === null) return null;
    if (this.#source instanceof ReadableStream) return this.#stream = this.#source;
    const source = this.#source;
    return this.#stream ??= new ReadableStream({
      pull(controller) {
        const bytes = typeof source === "function" ? source() : source;
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    });
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return await this.takeBody();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.takeBody();
    const isWhole = bytes.byteLength === bytes.buffer.byteLength;
    return isWhole ? bytes.buffer : bytes.slice().buffer;
  }

  async text(): Promise<string> {
    return withoutBom(decodeBytes(await this.takeBody()));
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async formData(): Promise<FormData> {
    return parseForm(await this.takeBody(), this.headers.get("content-type") ?? "");
  }

  /** All of the body; each can be had once. */
  takeBody(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    if (this.bodyUsed) throw new TypeError("The body has been read already");
    if (this.#source === null) return new Uint8Array(0);
    this.#isUsed = true;
    const stream = this.#stream ?? this.#source;
    if (stream instanceof ReadableStream) return bytesOfStream(stream);
    return typeof stream === "function" ? stream() : stream.slice();
  }

  /** The source of a copy; a stream is split in two. */
  copyBody(): BodySource | null {
    if (this.bodyUsed) throw new TypeError("The body has been read already");
    const stream = this.#stream ?? this.#source;
    if (typeof stream === "function") return this.#source = stream();
    if (!(stream instanceof ReadableStream)) return stream;
    const [mine, copy] = stream.tee();
    this.#source = this.#stream = mine;
    return copy;
  }
}

async function bytesOfStream(stream: ReadableStream): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(
        "A stream of a body yields Uint8Arrays, and this one yielded something else",
      );
    }
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}

function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
