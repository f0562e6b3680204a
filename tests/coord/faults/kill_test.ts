/** A server that is killed again and again, whose last write is torn besides. */
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { assertRight } from "../check_history.ts";
import { emptyHistory } from "../history.ts";
import { seededRandom } from "../random.ts";
import { startCoord } from "../start_coord.ts";
import { createLogs, runWorkload } from "../workload.ts";

const KILLS = 100;
const MAX_LIFE_MS = 50;
/** SQLite's header of a frame in its write-ahead log, and a page. */
const FRAME_BYTES = 24 + 4096;

Deno.test(`After ${KILLS} kills at any moment, nothing acknowledged is lost, nothing is done twice`, async () => {
  await using data = await temporaryFolder();
  const random = seededRandom(Date.now());
  let server = await startCoord(data.path, 0);
  await using _last = { [Symbol.asyncDispose]: () => server.kill() };
  const { url, port } = server;
  await createLogs(url);
  let isOver = false;
  const history = emptyHistory();
  const working = runWorkload({
    history,
    url,
    clients: 6,
    goesOn: () => !isOver,
    ttlMs: 100,
    random,
    // A server that is away is back soon.
    retry: { timeoutMs: 20, tries: 1000 },
  });
  for (let kills = 0; kills < KILLS; kills++) {
    const before = history.actions.length;
    await eventually(() => Promise.resolve(history.actions.length), (count) => count > before);
    await new Promise((resolve) => setTimeout(resolve, random() * MAX_LIFE_MS));
    await server.kill();
    if (random() < 0.3) await tearLastWrite(join(data.path, "coord.db-wal"), random);
    server = await startCoord(data.path, port);
  }
  isOver = true;
  await working;
  assertRight(history, { records: KILLS / 2 });
});

/** Leaves the beginning of a frame, like a write that the crash interrupted. */
async function tearLastWrite(path: string, random: () => number): Promise<void> {
  const { size } = await stat(path);
  if (size < FRAME_BYTES) return;
  const file = await open(path, "r+");
  const frame = new Uint8Array(Math.ceil(random() * (FRAME_BYTES - 1)));
  await file.read(frame, 0, frame.length, size - FRAME_BYTES);
  await file.write(frame, 0, frame.length, size);
  await file.close();
}
