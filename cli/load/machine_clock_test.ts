import { assertEquals } from "@std/assert";
import { MachineClock } from "./machine_clock.ts";

/** A clock on which sleeping takes as long as the test says, and a turn 0.1 ms. */
function clockThatWakes(lateMs: number) {
  let nowMs = 0;
  const seen = { sleptUntilMs: [] as number[], turns: 0 };
  const sleepUntil = (ms: number) => {
    seen.sleptUntilMs.push(ms);
    nowMs = ms + lateMs;
    return Promise.resolve();
  };
  const turn = () => {
    seen.turns++;
    nowMs += 0.1;
    return Promise.resolve();
  };
  return { clock: new MachineClock(sleepUntil, { now: () => nowMs, turn }), seen };
}

Deno.test("A wait sleeps until shortly before its time, and only then turns", async () => {
  const { clock, seen } = clockThatWakes(0.05);
  await clock.until(1000);
  assertEquals(seen, { sleptUntilMs: [999.7], turns: 3 });
  assertEquals(clock.now() >= 1000 && clock.now() < 1000.1, true);
});

Deno.test("Who is woken late does not turn at all", async () => {
  const { clock, seen } = clockThatWakes(1);
  await clock.until(1000);
  assertEquals(seen, { sleptUntilMs: [999.7], turns: 0 });
});

Deno.test("A time that is near is not slept for, and one that has passed not waited for", async () => {
  const { clock, seen } = clockThatWakes(0);
  await clock.until(0.25);
  await clock.until(0.1);
  assertEquals(seen, { sleptUntilMs: [], turns: 3 });
});

Deno.test("Who does not want to wait any more does not turn", async () => {
  const { clock, seen } = clockThatWakes(-500);
  await clock.until(1000, AbortSignal.abort());
  assertEquals(seen, { sleptUntilMs: [999.7], turns: 0 });
});
