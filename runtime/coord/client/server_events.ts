/** One event of a stream of server-sent events. */
export interface ServerEvent {
  /** @default message */
  readonly event: string;
  readonly id?: string;
  readonly data: string;
}

/**
 * Reads server-sent events as Skerry writes them: lines end in a line feed. What has no data, such as a heartbeat, is passed
 * over.
 *
 * @example
 * ```ts
 * import { serverEvents } from "./server_events.ts";
 *
 * const body = new Response("id: 1\ndata: hello\n\n").body!;
 * for await (const { id, data } of serverEvents(body)) console.log(id, data); // 1 hello
 * ```
 */
export async function* serverEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  let text = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const events = (text + piece).split("\n\n");
    text = events.pop()!;
    for (const event of events) {
      const parsed = parseEvent(event);
      if (parsed !== undefined) yield parsed;
    }
  }
}

function parseEvent(text: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^(event|id|data): ?(.*)$/gm)) {
    const before = name === "data" ? fields.get("data") : undefined;
    fields.set(name!, before === undefined ? value! : `${before}\n${value}`);
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { event: fields.get("event") ?? "message", id: fields.get("id"), data };
}
