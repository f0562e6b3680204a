/** A disk that runs full, and has room again. */
import { assertEquals, assertMatch } from "@std/assert";
import { CoordClient } from "../../../runtime/coord/client/coord_client.ts";
import { eventually } from "../../support/eventually.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { DENO_SOURCE, startServer } from "../../support/server.ts";
import { readRecords } from "../recording_client.ts";

/** Runs the server on a small disk; when it ends, makes room and runs it again. */
const SCRIPT = `
mount -t tmpfs -o size=8m tmpfs "$FULL_DISK" && head -c 2000000 /dev/zero > "$FULL_DISK/ballast"
"$@"
echo "The server ended with $?"
rm "$FULL_DISK/ballast"
exec "$@"`;

const RECORD = "x".repeat(50_000);

Deno.test("On a full disk the server ends rather than guess, and has all that it acknowledged once there is room", async () => {
  await using functions = await temporaryFolder();
  await using disk = await temporaryFolder();
  const command = [...unshare(), "sh", "-c", SCRIPT, "sh", ...DENO_SOURCE.command];
  await using server = await startServer(functions.path, {
    runtime: { name: "on a small disk", command },
    data: disk.path,
    env: { FULL_DISK: disk.path },
  });
  // Nothing is retried, as the second server has another port.
  const client = await CoordClient.init({ url: server.url, retry: { tries: 1 } });
  if (!client.ok) throw new Error(client.error.message);
  const lock = await client.value.lockAcquire("files", { ttlMs: 60_000 });
  if (!lock.ok) throw new Error(lock.error.message);
  let acknowledged = 0;
  for (;;) {
    const appended = await client.value.appendFile("file_0", acknowledged + RECORD, lock.value);
    if (!appended.ok) break;
    acknowledged++;
  }
  await server.printed("The server ended with 74");
  assertMatch(server.output(), /Cannot commit to .*full; what was acknowledged is safe, make room/);
  const urls = () => Promise.resolve([...server.output().matchAll(/Listening on (\S+)/g)]);
  const { answer } = await eventually(urls, (found) => found.length === 2);
  const records = await readRecords(answer[1]![1]!, ["file_0"]);
  // The append that failed was never answered; it is not there, as its commit was undone.
  assertEquals(records.map(({ data }) => data), expected(acknowledged));
});

function expected(count: number): string[] {
  return Array.from({ length: count }, (_, n) => n + RECORD);
}

/** A mount namespace of its own; what runs in it ends with it. */
function unshare(): string[] {
  const user = Deno.uid() === 0 ? [] : ["--map-root-user"];
  return ["unshare", ...user, "--mount", "--pid", "--fork", "--kill-child=KILL"];
}
