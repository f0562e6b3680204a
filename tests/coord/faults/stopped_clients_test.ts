/** Clients that stop for longer than their lease, do not know it, and come back. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../support/folder.ts";
import { type LineProcess, startProgram } from "../line_process.ts";
import { readRecords } from "../recording_client.ts";
import { startCoord } from "../start_coord.ts";

const PROGRAM = fileURLToPath(new URL("holding_client.ts", import.meta.url));
const NAMES = ["first", "second", "third"];

Deno.test("Who stops past the lease and comes back is refused, and learns that the lock is lost", async () => {
  await using data = await temporaryFolder();
  await using server = await startCoord(data.path, 0);
  await using clients = new AsyncDisposableStack();
  const start = (name: string) => clients.use(startProgram(PROGRAM, [server.url, name]));
  const stopped: LineProcess[] = [];
  for (const name of NAMES) {
    const client = start(name);
    stopped.push(client);
    // Whoever held the lock before is stopped, so the lease must run out first.
    assertEquals(await client.line(), "Holding");
    client.signal("SIGSTOP");
  }
  const last = start("last");
  assertEquals(await last.line(), "Holding");
  const acknowledged: Record<string, number> = {};
  for (const [n, client] of stopped.entries()) {
    client.signal("SIGCONT");
    const { ok, value } = JSON.parse(await client.line());
    assertEquals([ok, value.code, value.knows], [true, "lock_lost", true]);
    acknowledged[NAMES[n]!] = value.acknowledged;
  }
  await last.kill();
  const records = await readRecords(server.url, ["file_0"]);
  const writers = records.map(({ data }) => data.split(" ")[0]!);
  // One after the other, nobody once the next one had begun.
  assertEquals([...new Set(writers)], [...NAMES, "last"]);
  assertEquals(writers.toSorted((a, b) => order(a) - order(b)), writers);
  for (const name of NAMES) {
    const count = writers.filter((writer) => writer === name).length;
    // An append may have been done whose answer the client could not read.
    assertEquals(count - acknowledged[name]! <= 1 && count >= acknowledged[name]!, true, name);
  }
});

function order(writer: string): number {
  return [...NAMES, "last"].indexOf(writer);
}
