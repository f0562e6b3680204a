/** The checker is worth something: it tells a right machine from every broken one. */
import { assert } from "@std/assert";
import { apply } from "../../runtime/coord/machine.ts";
import { BROKEN_MACHINES } from "./broken_machines.ts";
import { assertRight, checkHistory } from "./check_history.ts";
import type { History } from "./history.ts";
import { seededRandom } from "./random.ts";
import { serveMachine, unreliableFetch } from "./served_machine.ts";
import { createLogs, runWorkload } from "./workload.ts";

async function historyOf(machine: typeof apply, seed: number): Promise<History> {
  await using server = serveMachine({ apply: machine });
  const { url } = server;
  const random = seededRandom(seed);
  await createLogs(url);
  const fetch = unreliableFetch(random);
  const goesOn = (round: number) => round < 4;
  return await runWorkload({ url, clients: 8, goesOn, ttlMs: 150, random, fetch });
}

Deno.test("A right machine breaks no rule, although requests are doubled and answers lost", async () => {
  assertRight(await historyOf(apply, 1), { records: 15 });
});

for (const { does, rule, apply } of BROKEN_MACHINES) {
  Deno.test(`A machine that ${does} is found out`, async () => {
    let rules: string[] = [];
    // What it takes may not come up in one history.
    for (let seed = 1; seed <= 5 && !rules.includes(rule); seed++) {
      rules = checkHistory(await historyOf(apply, seed)).map(({ rule }) => rule);
    }
    assert(rules.includes(rule), `${rule} is not among ${rules}`);
  });
}
