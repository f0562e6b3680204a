import { assertEquals, assertMatch } from "@std/assert";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../support/runtimes.ts";
import { ROOT } from "../support/server.ts";
import { buildClient } from "./gcc.ts";
import { startNativeServer } from "./native_server.ts";

Deno.test("The shipped C client gets its answers, as in the README", async (t) => {
  await using native = await startNativeServer();
  const client = join(native.folder, "client");
  await buildClient(client);
  const ask = async (...args: string[]) => {
    const { code, stdout } = await new Deno.Command(client, {
      args,
      env: { SKERRY_SOCKET: native.socket },
    }).output();
    assertEquals(code, 0);
    const said = new TextDecoder().decode(stdout);
    return await readFile(/^Output file: (\/.*\/out-\w{6})\n$/.exec(said)![1]!, "utf8");
  };
  await t.step("the library alone", async () => {
    assertEquals(await ask(native.library("basic")), "run\n");
  });
  await t.step("a function that is not there", async () => {
    const library = native.library("basic");
    assertEquals(
      await ask(library, "function"),
      `Error: ${library} function could not be executed.\n`,
    );
  });
  await t.step("a function with a file", async () => {
    const file = join(ROOT, "runtime/native/client_library/Makefile");
    assertEquals(await ask(native.library("basic"), "cat", file), await readFile(file, "utf8"));
  });
  await t.step("without a server it says so", async () => {
    const { code, stderr } = await new Deno.Command(client, {
      args: [native.library("basic")],
      env: { SKERRY_SOCKET: join(native.folder, "nobody") },
    }).output();
    assertEquals(code, 1);
    assertMatch(new TextDecoder().decode(stderr), /^connect_socket: No such file or directory\n$/);
  });
});

/** As clients were written before: no check of the answer's length, the buffer set to zero, one read. */
const OLD_CLIENT = `
#include "ipc.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	char buffer[BUFSIZE];
	int fd = create_socket();

	if (argc < 2 || connect_socket(fd) == -1)
		return 1;
	memset(buffer, 0, BUFSIZE);
	strncpy(buffer, argv[1], BUFSIZE - 1);
	if (send_socket(fd, buffer, strlen(buffer)) == -1)
		return 2;
	memset(buffer, 0, BUFSIZE);
	if (recv_socket(fd, buffer, BUFSIZE) == -1)
		return 3;
	printf("%s", buffer);
	close_socket(fd);
	return 0;
}
`;

Deno.test("A program of one's own works with the C library's default socket, given at build time", async () => {
  await using native = await startNativeServer();
  const source = join(native.folder, "old.c");
  const client = join(native.folder, "old");
  await writeFile(source, OLD_CLIENT);
  await buildClient(client, source, [`-DSOCKET_NAME="${native.socket}"`]);
  const path = await run(client, [`${native.library("basic")} count`]);
  assertEquals(await readFile(path, "utf8"), "call 1\n");
});
