import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { callNative } from "../../runtime/native/client.ts";
import { eventually } from "../support/eventually.ts";
import { DENO_SOURCE } from "../support/server.ts";
import { buildClient } from "./gcc.ts";
import { type NativeServer, send, startNativeServer } from "./native_server.ts";

Deno.test("Hostile clients of the socket harm no one", async (t) => {
  await using native = await startNativeServer({ args: ["--native-details"] });
  const { socket, library } = native;
  await t.step("100,000 bytes in one line", async () => {
    const reply = await send(socket, "\n" + "x".repeat(100_000) + "\nexit\n");
    const text = await readFile(reply.trim().split("\n")[1]!, "utf8");
    assertEquals(text.split("\n")[0], `Error: ${"x".repeat(100_000)} could not be executed.`);
    assertMatch(text, /a word of the command is longer than 4095 bytes\n$/);
  });
  await t.step("100,000 bytes without a newline", async () => {
    const text = await readFile(await send(socket, "y".repeat(100_000)), "utf8");
    assertMatch(
      text,
      /^Error: y+ could not be executed\.\na word of the command is longer than 4095 bytes\n$/,
    );
  });
  await t.step("the log says so in fewer", () => {
    const longest = Math.max(...native.server.output().split("\n").map(({ length }) => length));
    assert(longest < 1000, `a line of ${longest} characters`);
  });
  await t.step("a line that does not end", async () => {
    const paths = (await send(socket, "\n" + "z".repeat(1_000_000))).trim().split("\n");
    assertEquals(paths.length, 2);
  });
  await t.step("bytes that are no UTF-8", async () => {
    const path = await send(socket, Uint8Array.of(0x2f, 0xff, 0xfe));
    const text = await readFile(path);
    assertEquals(
      [...text.subarray(0, 10)],
      [..."Error: /"].map((c) => c.charCodeAt(0)).concat(255, 254),
    );
  });
  await t.step("nothing at all, then the end", async () => {
    assertEquals(await send(socket, "", { endsInput: true }), "");
  });
  await t.step("one that leaves before its answer", async () => {
    const connection = await Deno.connect({ transport: "unix", path: socket });
    await connection.write(new TextEncoder().encode(`${library("basic")} doze`));
    connection.close();
    assertEquals(await native.call("basic"), "run\n");
  });
});

Deno.test("One client more than may connect is told so, however it asks", async (t) => {
  await using native = await startNativeServer({ args: ["--native-clients", "2"] });
  const refusal = "Error: the server has 2 clients, its maximum";
  const silent = [await connectTo(native), await connectTo(native)];
  await t.step("before it has said anything", async () => {
    assertEquals(await send(native.socket, ""), refusal);
  });
  await t.step("the C client", async () => {
    const client = join(native.folder, "client");
    await buildClient(client);
    const { code, stderr } = await new Deno.Command(client, {
      args: [native.library("basic")],
      env: { SKERRY_SOCKET: native.socket },
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [1, `${refusal}\n`]);
  });
  await t.step("skerry call", async () => {
    const asked = await callNative({ path: native.socket }, [native.library("basic")]);
    assertEquals(asked, { ok: true, value: refusal });
  });
  for (const connection of silent) connection.close();
  await eventually(() => native.call("basic").catch(() => ""), (text) => text === "run\n");
});

Deno.test("When descriptors have run out and there are some again, clients are taken again", async () => {
  const limited = ["bash", "-c", 'ulimit -n 128; exec "$@"', "skerry", ...DENO_SOURCE.command];
  await using native = await startNativeServer({
    runtime: { name: "Deno with 128 descriptors", command: limited },
  });
  const silent = await Promise.all(Array.from({ length: 200 }, () => connectTo(native)));
  const ask = () =>
    Promise.race([
      native.call("basic").catch(() => "no file"),
      new Promise<string>((resolve) => setTimeout(() => resolve("no answer"), 1000)),
    ]);
  assertNotEquals(await ask(), "run\n");
  for (const connection of silent) connection.close();
  await eventually(ask, (text) => text === "run\n", 30_000);
});

function connectTo({ socket }: NativeServer): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path: socket });
}
