import { assert, assertEquals, assertRejects } from "@std/assert";
import type { LoadConnection, LoadTarget, Outcome } from "./load_connection.ts";
import { type LoadClock, type LoadPlan, startLoad } from "./run_load.ts";

/** Time that passes only when everybody waits. */
class VirtualClock implements LoadClock {
  #nowMs = 0;
  #waiting: { readonly atMs: number; readonly resolve: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  until(ms: number): Promise<void> {
    return new Promise((resolve) =>
      this.#waiting.push({ atMs: Math.max(ms, this.#nowMs), resolve })
    );
  }

  /** Lets time pass until nobody waits any more. */
  async run(): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      this.#waiting.sort((a, b) => a.atMs - b.atMs);
      const first = this.#waiting.shift();
      if (first === undefined) return;
      this.#nowMs = first.atMs;
      first.resolve();
    }
  }
}

const OK: Outcome = { label: "200", isSuccess: true };

/** A server of one thread: each request takes its time after those before it. */
function server(clock: LoadClock, serviceMs: (index: number) => number) {
  const sentMs: number[] = [];
  let freeMs = 0;
  let open = 0;
  const connection: LoadConnection = {
    open: () => Promise.resolve(void open++),
    async send() {
      const took = serviceMs(sentMs.length);
      sentMs.push(clock.now());
      freeMs = Math.max(freeMs, clock.now()) + took;
      await clock.until(freeMs);
      return OK;
    },
    close: () => void open--,
  };
  const target: LoadTarget = { title: "fake", connect: () => connection };
  return { target, sentMs, open: () => open };
}

async function load(
  plan: LoadPlan,
  serviceMs: (index: number) => number,
  signal = new AbortController().signal,
) {
  const clock = new VirtualClock();
  const { target, sentMs, open } = server(clock, serviceMs);
  const running = await startLoad(target, plan, clock, signal);
  await clock.run();
  await running.done;
  return { tally: running.tally, sentMs, open: open() };
}

Deno.test("Without a rate each client sends when its last request was answered", async () => {
  const { tally, sentMs, open } = await load({ clients: 2, requests: 6 }, () => 10);
  assertEquals(sentMs, [0, 0, 10, 20, 30, 40]);
  assertEquals([tally.answered, tally.endMs, open], [6, 60, 0]);
  assertEquals(tally.outcomes.get("200"), { count: 6, isSuccess: true });
  // The first had the server to itself; all others waited for one before them.
  assertEquals([tally.latencies.bars()[0]?.count, tally.latencies.maxMs], [1, 20]);
});

Deno.test("At a rate requests are sent at their times, whatever the answers do", async () => {
  const { sentMs, tally } = await load({ clients: 4, requests: 5, ratePerSecond: 100 }, () => 1);
  assertEquals(sentMs, [0, 10, 20, 30, 40]);
  assertEquals(tally.latencies.maxMs, 1);
});

Deno.test("A stall counts for every request that should have been sent during it", async () => {
  const stall = (index: number) => index === 0 ? 100 : 1;
  const { tally } = await load({ clients: 1, requests: 11, ratePerSecond: 100 }, stall);
  // Sent at last at 100 ms and after, though meant for 10, 20, … ms.
  assertEquals(tally.latencies.maxMs, 100);
  assert(tally.latencies.percentileMs(50) >= 50, "half of them waited for half of the stall");
  assert(tally.service.percentileMs(90) <= 1.01, "the service itself was short for all but one");
});

Deno.test("A duration ends the sending, and what was sent is still answered", async () => {
  const closed = await load({ clients: 1, durationMs: 25 }, () => 10);
  assertEquals([closed.sentMs, closed.tally.answered], [[0, 10, 20], 3]);
  const paced = await load({ clients: 1, durationMs: 25, ratePerSecond: 100 }, () => 1);
  assertEquals(paced.sentMs, [0, 10, 20]);
});

Deno.test("Cancelled load leaves what is on its way uncounted, and closes its connections", async () => {
  const cancel = new AbortController();
  const serviceMs = (index: number) => {
    if (index === 3) cancel.abort();
    return 10;
  };
  const { tally, open } = await load({ clients: 1 }, serviceMs, cancel.signal);
  assertEquals([tally.answered, open <= 0], [3, true]);
});

Deno.test("Load does not start against what cannot be reached", async () => {
  const connection: LoadConnection = {
    open: () => Promise.reject(new Error("refused")),
    send: () => Promise.resolve(OK),
    close: () => {},
  };
  const target = { title: "away", connect: () => connection };
  const signal = new AbortController().signal;
  await assertRejects(
    () => startLoad(target, { clients: 3, requests: 1 }, new VirtualClock(), signal),
    Error,
    "refused",
  );
});
