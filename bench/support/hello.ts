/** The function that most benchmarks call. */
import { type Answer, HttpConnection, type WireRequest } from "./http_client.ts";

/** The sample's module. */
export const HELLO = new URL("../../functions/hello.wasm", import.meta.url);

/** What it prints. */
export const HELLO_ANSWER = "Hello from Skerry!\n";

const ANSWER_BYTES = new TextEncoder().encode(HELLO_ANSWER);

/** Fails unless this is `hello`'s answer. Compares bytes: it looks at every answer under load. */
export function checkHello({ status, body }: Answer): void {
  const isSame = body.length === ANSWER_BYTES.length &&
    body.every((byte, index) => byte === ANSWER_BYTES[index]);
  if (status === 200 && isSame) return;
  throw new Error(`Cannot measure hello: found ${status} ${new TextDecoder().decode(body)}`);
}

/** Sends one request on a connection of its own and looks at the answer. */
export async function ask(request: WireRequest, check: (answer: Answer) => void): Promise<void> {
  using connection = await HttpConnection.open(request.url);
  check(await connection.send(request));
}

/** The same module with other bytes, by a custom section at its end: nothing can be shared between copies. */
export function distinct(module: Uint8Array, index: number): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(`copy${index}`);
  const section = Uint8Array.of(0, name.length + 1, name.length, ...name);
  const bytes = new Uint8Array(module.length + section.length);
  bytes.set(module);
  bytes.set(section, module.length);
  return bytes;
}
