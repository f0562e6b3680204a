/** A disk that takes its time: clients ask again while their requests are under way. */
import type { Log, Proposal } from "../../../runtime/coord/log.ts";
import { MemoryLog } from "../../../runtime/coord/testing.ts";
import { assertRight } from "../check_history.ts";
import { seededRandom } from "../random.ts";
import { serveMachine } from "../served_machine.ts";
import { createLogs, runWorkload } from "../workload.ts";

const MAX_DELAY_MS = 80;

/** A log whose commits come late, in groups and in order. */
function slowLog(random: () => number): Log {
  const log = new MemoryLog();
  let waiting: Proposal[] = [];
  const commit = () => {
    const group = waiting;
    waiting = [];
    for (const proposal of group) log.propose(proposal);
  };
  return {
    start: (follower) => log.start(follower),
    hasRoom: () => true,
    propose(proposal) {
      if (waiting.push(proposal) === 1) setTimeout(commit, random() * MAX_DELAY_MS);
    },
    read: (name, from, bounds) => log.read(name, from, bounds),
    indexAt: (name, offset) => log.indexAt(name, offset),
    close: commit,
  };
}

Deno.test("On a disk that is slower than clients are patient, every rule holds", async () => {
  const random = seededRandom(Date.now());
  await using server = serveMachine({ log: slowLog(random) });
  await createLogs(server.url);
  const history = await runWorkload({
    url: server.url,
    clients: 8,
    goesOn: (round) => round < 3,
    random,
  });
  assertRight(history, { records: 12 });
});
