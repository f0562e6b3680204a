import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "node:net";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import { SocketServer } from "../sockets/socket_server.ts";
import { serveSession, type SessionOptions } from "./socket_session.ts";

/** A server of which the test moves the time. */
async function scene(
  answer: (command: string) => Promise<string> = (command) => Promise.resolve(command),
) {
  const timers = new Set<{ ms: number; callback: () => void }>();
  const options: SessionOptions = {
    answer,
    idleMs: 60_000,
    after: (ms, callback) => {
      const timer = { ms, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const sockets = new SocketServer({
    serve: (socket) => serveSession(socket, options),
    maxClients: 10,
    refusal: "",
  });
  const port = valueOf(await sockets.listenTcp("127.0.0.1", 0));
  return { sockets, port, timers, [Symbol.asyncDispose]: () => sockets.stop() };
}

/** Resolves with all that came when the server has closed the connection. */
function client(
  port: number,
  ...pieces: string[]
): { done: Promise<string>; connected: Promise<void> } {
  const connected = Promise.withResolvers<void>();
  const done = new Promise<string>((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => text += chunk);
    socket.on("connect", () => {
      for (const piece of pieces) socket.write(piece);
      connected.resolve();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
  return { done, connected: connected.promise };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("a client that connects and says nothing is let go after a while", async () => {
  await using server = await scene();
  const silent = client(server.port);
  await until(() => server.timers.size === 1);
  const [timer] = server.timers;
  assertEquals([timer!.ms, server.sockets.clients], [60_000, 1]);
  timer!.callback();
  assertEquals(await silent.done, "");
  await until(() => server.sockets.clients === 0);
});

Deno.test("a client whose command runs is not idle, and one that has its answer is given time to leave", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using server = await scene(() => promise);
  const asking = client(server.port, "command");
  await asking.connected;
  await until(() => server.timers.size === 0 && server.sockets.clients === 1);
  resolve("answer");
  assertEquals(await asking.done, "answer");
});

Deno.test("a line of a session may come in pieces", async () => {
  await using server = await scene();
  const talk = client(server.port, "\n", "one", " two\nth", "ree\nex", "it\n");
  assertEquals(await talk.done, "\none two\nthree\n");
});

Deno.test("an address that is taken is said to be", async () => {
  await using server = await scene();
  assertMatch(
    errorOf(await server.sockets.listenTcp("127.0.0.1", server.port)),
    /^Cannot listen on 127\.0\.0\.1:\d+: the address is in use$/,
  );
});
