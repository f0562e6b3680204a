import { assertEquals } from "@std/assert";
import { adaptiveSchedule } from "./commit_schedule.ts";

/** A schedule whose turns the test ends, and the sizes of the groups that it committed. */
function scheduled() {
  let callbacks: (() => void)[] = [];
  let proposed = 0;
  const groups: number[] = [];
  const schedule = adaptiveSchedule((callback) => callbacks.push(callback));
  /** As the log does: one commit is under way at a time. */
  const propose = () => {
    if (++proposed > 1) return;
    schedule(() => {
      const size = proposed;
      proposed = 0;
      groups.push(size);
      return size;
    });
  };
  /** A turn in which so many requests arrive, each in a task of its own. */
  const turn = async (requests: number) => {
    for (let n = 0; n < requests; n++) {
      propose();
      await Promise.resolve();
    }
    const due = callbacks;
    callbacks = [];
    for (const callback of due) callback();
    return groups.splice(0);
  };
  return { turn };
}

Deno.test("A command that comes alone is committed at once", async () => {
  const { turn } = scheduled();
  for (let n = 0; n < 3; n++) assertEquals(await turn(1), [1]);
});

Deno.test("Commands that come in crowds are committed together, from the second turn on", async () => {
  const { turn } = scheduled();
  assertEquals(await turn(4), [1, 1, 1, 1]);
  assertEquals(await turn(4), [4]);
  assertEquals(await turn(7), [7]);
});

Deno.test("When the crowd has gone, who comes alone is committed at once again", async () => {
  const { turn } = scheduled();
  await turn(4);
  assertEquals(await turn(1), [1]);
  assertEquals(await turn(1), [1]);
  assertEquals(await turn(3), [1, 1, 1]);
});
