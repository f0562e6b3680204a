import { assert, assertEquals, assertMatch } from "@std/assert";
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

Deno.test("the zeros of C strings and CR LF are no part of commands", async () => {
  await using server = await scene();
  const lines = client(server.port, "one\n\0two\r\n\0thr\0ee\0\nexit\0\r\n\0");
  assertEquals(await lines.done, "one\ntwo\nthr\0ee\n");
  const single = client(server.port, "\0one\0\r\0");
  assertEquals(await single.done, "one");
});

Deno.test("thousands of zeros keep no one else waiting", async () => {
  await using server = await scene((command) => Promise.resolve(String(command.length)));
  const startMs = performance.now();
  const zeros = "\0".repeat(60_000);
  assertEquals(await client(server.port, `\n1${zeros}1\nexit\n`).done, "0\n60002\n");
  assertMatch(await client(server.port, `1${zeros}1`).done, /^\d+$/);
  assert(performance.now() - startMs < 2000);
});

Deno.test("what a web page makes a browser send is not looked at beyond its first line", async () => {
  const commands: string[] = [];
  await using server = await scene((command) => {
    commands.push(command);
    return Promise.resolve(command);
  });
  const request = "POST /x HTTP/1.1\r\nHost: localhost\r\n\r\n/lib.so run\n";
  const said = await client(server.port, request).done;
  assertEquals([said, commands], ["Error: the server of native calls does not speak HTTP\n", []]);
});

Deno.test("a client that reads no answers is not read any more, and let go after a while", async () => {
  let answered = 0;
  const long = "x".repeat(1_000_000);
  await using server = await scene(() => {
    answered++;
    return Promise.resolve(long);
  });
  const socket = connect({ port: server.port, host: "127.0.0.1" });
  const closed = new Promise((resolve) => void socket.on("close", resolve).on("error", () => {}));
  socket.pause();
  socket.write("command\n".repeat(60));
  await until(() => server.timers.size === 1 && answered > 0);
  assert(answered < 60, "answers pile up in the server's memory");
  const [timer] = server.timers;
  timer!.callback();
  socket.resume();
  await closed;
  await until(() => server.sockets.clients === 0);
});

Deno.test("what runs when the server stops is answered, what was sent ahead is not", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using server = await scene(() => promise);
  const asking = client(server.port, "first\nsecond\n");
  const silent = client(server.port);
  await until(() => server.sockets.clients === 2 && server.timers.size === 1);
  const finished = server.sockets.finish(60_000);
  assertEquals(await silent.done, "");
  resolve("answer");
  assertEquals(await asking.done, "answer\n");
  await finished;
});

Deno.test("an address that is taken is said to be", async () => {
  await using server = await scene();
  assertMatch(
    errorOf(await server.sockets.listenTcp("127.0.0.1", server.port)),
    /^Cannot listen on 127\.0\.0\.1:\d+: the address is in use$/,
  );
});
