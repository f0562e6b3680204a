import { assert, assertEquals } from "@std/assert";
import { MachineClock } from "./machine_clock.ts";

/** A clock on which sleepers are woken as late as the test says, and a turn takes 0.1 ms. */
function clockThatWakes(...lateMs: number[]) {
  let nowMs = 0;
  const seen = { sleptUntilMs: [] as number[], turns: 0 };
  const sleepUntil = (ms: number) => {
    const wokenLateMs = lateMs[seen.sleptUntilMs.length % lateMs.length]!;
    seen.sleptUntilMs.push(ms);
    nowMs = ms + wokenLateMs;
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

/** How late each of these waits ends, after as many that the clock has learnt from. */
async function lateAfterLearning(count: number, ...lateMs: number[]) {
  const { clock, seen } = clockThatWakes(...lateMs);
  const late: number[] = [];
  let turns = 0;
  for (let n = 1; n <= 2 * count; n++) {
    if (n === count + 1) turns = seen.turns;
    await clock.until(n * 10);
    if (n > count) late.push(clock.now() - n * 10);
  }
  const isLate = late.filter((ms) => ms > 0.1).length;
  return { isLate: isLate / count, turns: (seen.turns - turns) / count };
}

Deno.test("Where sleepers are woken soon, hardly anything is left for turns", async () => {
  const { isLate, turns } = await lateAfterLearning(500, 0.05);
  assertEquals(isLate, 0);
  assert(turns <= 2, `${turns} turns a wait`);
});

Deno.test("Where they are woken late, they are woken sooner, so that few waits end late", async () => {
  const { isLate, turns } = await lateAfterLearning(500, 0.05, 0.15, 0.25, 0.35, 0.45);
  assert(isLate <= 0.25, `${isLate} of the waits end late`);
  assert(turns >= 1 && turns <= 4, `${turns} turns a wait`);
  const hopeless = await lateAfterLearning(500, 5);
  assertEquals([hopeless.isLate, hopeless.turns], [1, 0]);
});
