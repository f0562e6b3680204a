import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { err, ok, type Result } from "../result.ts";

/** Where a server takes native calls. */
export type NativeAddress =
  | { readonly path: string }
  | { readonly hostname: string; readonly port: number };

/** Where the C library connects to. */
export const DEFAULT_SOCKET = "/tmp/sohack.socket";

/**
 * Sends one command and resolves to the reply, the path of the output file. The error is a sentence.
 *
 * @param words Library, function and file, as far as they are given.
 */
export function callNative(
  address: NativeAddress,
  words: readonly string[],
): Promise<Result<string, string>> {
  const target = "path" in address ? address.path : `${address.hostname}:${address.port}`;
  const bad = words.find((word) => word === "" || /[ \n\r\0]/.test(word));
  if (bad !== undefined) {
    const message = `Cannot send ${JSON.stringify(bad)}: a command's words hold no white space`;
    return Promise.resolve(err(message));
  }
  return new Promise((resolve) => {
    const socket = connect(
      "path" in address ? address : { host: address.hostname, port: address.port },
    );
    const chunks: Uint8Array[] = [];
    const fail = (reason: string) => resolve(err(`Cannot call through ${target}: ${reason}`));
    socket.on("connect", () => socket.write(words.join(" ")));
    socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    socket.on("error", (error: Error) => {
      if (chunks.length === 0) fail(failureText(error, address));
    });
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      const reply = Buffer.concat(chunks).toString("utf8");
      if (reply === "") fail("the server closed the connection without an answer");
      else resolve(ok(reply));
    });
  });
}

/** Nobody listens there: the usual mistake, and what to do about it. */
const NOBODY: ReadonlySet<unknown> = new Set(["ENOENT", "ECONNREFUSED"]);

function failureText(error: Error & { code?: string }, address: NativeAddress): string {
  if (!NOBODY.has(error.code)) return error.message;
  const option = "path" in address
    ? `--unix ${address.path}`
    : `--native-tcp ${address.hostname}:${address.port}`;
  return `no server listens there; start one by skerry serve --native FOLDER ${option}`;
}
