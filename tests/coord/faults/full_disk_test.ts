/** A disk that runs full, and has room again. */
import { assert, assertEquals } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CoordClient } from "../../../runtime/coord/client/coord_client.ts";
import { GUESTS } from "../../guests/guests.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { DENO_SOURCE, startServer } from "../../support/server.ts";
import { readRecords } from "../recording_client.ts";

/** Runs the server on a small disk, and makes room there when a file appears beside its functions. */
const SCRIPT = `
mount -t tmpfs -o size=8m tmpfs "$FULL_DISK" && head -c 2000000 /dev/zero > "$FULL_DISK/ballast"
"$@" &
until [ -e "$MAKE_ROOM" ]; do sleep 0.05; done
rm "$FULL_DISK/ballast"
wait`;

const RECORD = "x".repeat(50_000);

Deno.test("On a full disk only what takes room is refused, nothing that was acknowledged is lost, and with room all goes on", async () => {
  await using functions = await temporaryFolder({ "exit0.wasm": await GUESTS.exit0() });
  await using disk = await temporaryFolder();
  const makeRoom = join(functions.path, "_room");
  const command = [...unshare(), "sh", "-c", SCRIPT, "sh", ...DENO_SOURCE.command];
  await using server = await startServer(functions.path, {
    runtime: { name: "on a small disk", command },
    data: disk.path,
    env: { FULL_DISK: disk.path, MAKE_ROOM: makeRoom },
  });
  const client = await CoordClient.init({ url: server.url });
  if (!client.ok) throw new Error(client.error.message);
  const lock = await client.value.lockAcquire("files", { ttlMs: 60_000 });
  if (!lock.ok) throw new Error(lock.error.message);
  let acknowledged = 0;
  const append = () => client.value.appendFile("file_0", acknowledged + RECORD, lock.value);
  let appended = await append();
  while (appended.ok) {
    acknowledged++;
    appended = await append();
  }
  assertEquals(appended.error.code, "storage_full");
  assert(acknowledged > 20, `Only ${acknowledged} records`);
  assertEquals(await (await fetch(`${server.url}/exit0`)).text(), "before\n");
  const records = await readRecords(server.url, ["file_0"]);
  assertEquals(records.map(({ data }) => data), expected(acknowledged));
  assertEquals((await client.value.lockRelease("files", lock.value)).ok, true);
  await writeFile(makeRoom, "");
  const { answer: again } = await eventually(
    () => client.value.lockAcquire("files", { ttlMs: 60_000 }),
    ({ ok }) => ok,
  );
  if (!again.ok) throw new Error(again.error.message);
  const last = `${acknowledged}${RECORD}`;
  assertEquals((await client.value.appendFile("file_0", last, again.value)).ok, true);
  const all = await readRecords(server.url, ["file_0"]);
  assertEquals(all.map(({ data }) => data), expected(acknowledged + 1));
});

function expected(count: number): string[] {
  return Array.from({ length: count }, (_, n) => n + RECORD);
}

/** A mount namespace of its own; what runs in it ends with it. */
function unshare(): string[] {
  const user = Deno.uid() === 0 ? [] : ["--map-root-user"];
  return ["unshare", ...user, "--mount", "--pid", "--fork", "--kill-child=KILL"];
}
