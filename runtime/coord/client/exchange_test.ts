import { assertEquals } from "@std/assert";
import { FakeClock } from "../../testing_clock.ts";
import { DEFAULT_RETRY_RULES, exchange } from "./exchange.ts";
import type { Outcome } from "./transport.ts";

/** An exchange whose tries the test answers, and when they were sent. */
function started() {
  const clock = new FakeClock();
  const sentMs: number[] = [];
  const answers: ((outcome: Outcome) => void)[] = [];
  const places: number[] = [];
  const result = exchange(() => {
    sentMs.push(clock.monotonicMs());
    return new Promise((resolve) => answers.push(resolve));
  }, { rules: DEFAULT_RETRY_RULES, clock, onWait: (place) => places.push(place) });
  const advance = async (ms: number) => {
    await settle();
    clock.advance(ms);
    await settle();
  };
  return { advance, sentMs, answers, places, result };
}

/** Lets everything that is promised happen. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

const ANSWER: Outcome = { kind: "answered", body: { rc: 0 } };

Deno.test("Without an answer a request is sent every two seconds, five times, and then given up", async () => {
  const { advance, sentMs, result } = started();
  for (let n = 0; n < 5; n++) await advance(2000);
  const given = await result;
  assertEquals(sentMs, [0, 2000, 4000, 6000, 8000]);
  assertEquals(given.ok ? "answered" : given.error.code, "no_answer");
});

Deno.test("A refused connection is tried again at the same pace", async () => {
  const { advance, answers, sentMs, result } = started();
  answers[0]!({ kind: "failed", reason: "connection refused" });
  await advance(1999);
  assertEquals(sentMs, [0]);
  await advance(1);
  answers[1]!(ANSWER);
  assertEquals(await result, { ok: true, value: { rc: 0 } });
  assertEquals(sentMs, [0, 2000]);
});

Deno.test("After an acknowledgement it is one second to the next try, and tries begin anew", async () => {
  const { advance, answers, places, sentMs, result } = started();
  await advance(2000);
  for (let n = 1; n <= 7; n++) {
    answers[n]!({ kind: "acknowledged", place: 8 - n });
    await advance(1000);
  }
  assertEquals(sentMs, [0, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
  assertEquals(places, [7, 6, 5, 4, 3, 2, 1]);
  answers[8]!(ANSWER);
  assertEquals((await result).ok, true);
});

Deno.test("The first try still counts when later ones were only acknowledged", async () => {
  const { advance, answers, sentMs, result } = started();
  await advance(2000);
  answers[1]!({ kind: "acknowledged", place: 1 });
  await advance(500);
  answers[0]!(ANSWER);
  assertEquals((await result).ok, true);
  assertEquals(sentMs, [0, 2000]);
});

Deno.test("A refusal is an answer", async () => {
  const { answers, result } = started();
  const error = { code: "lock_lost", message: "Gone", rc: 2 };
  answers[0]!({ kind: "refused", error });
  assertEquals(await result, { ok: false, error });
});
