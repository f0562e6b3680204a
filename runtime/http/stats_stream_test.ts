import { assertEquals } from "@std/assert";
import { statsStream } from "./stats_stream.ts";

/** A stream whose seconds pass when the test says so. */
function setUp() {
  let tick: (() => void) | undefined;
  const scene = {
    isEnding: false,
    ended: 0,
    looks: 0,
    /** A second passes, as soon as somebody waits for it. */
    async tick() {
      while (tick === undefined) await Promise.resolve();
      tick();
      tick = undefined;
    },
  };
  const stream = statsStream({
    look: () => ({ look: ++scene.looks }),
    isEnding: () => scene.isEnding,
    onEnd: () => scene.ended++,
    clock: {
      wallMs: () => 0,
      monotonicMs: () => 0,
      after: (_, callback) => {
        tick = callback;
        return () => tick = undefined;
      },
    },
  });
  const reader = stream.getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  return { scene, reader, read };
}

Deno.test("A watcher is told at once that it watches, then what happened each second", async () => {
  const { scene, reader, read } = setUp();
  assertEquals(await read(), ": watching\n\n");
  for (const look of [1, 2]) {
    const reading = read();
    await scene.tick();
    assertEquals(await reading, `data: {"look":${look}}\n\n`);
  }
  await reader.cancel();
});

Deno.test("A stream ends with the server, once", async () => {
  const { scene, reader } = setUp();
  await reader.read();
  const reading = reader.read();
  scene.isEnding = true;
  await scene.tick();
  assertEquals([(await reading).done, scene.ended], [true, 1]);
});

Deno.test("Who leaves is no longer counted, and nothing is made for it", async () => {
  const { scene, reader } = setUp();
  await reader.read();
  void reader.read();
  await reader.cancel();
  assertEquals([scene.ended, scene.looks], [1, 0]);
});
