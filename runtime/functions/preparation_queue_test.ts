import { assertEquals } from "@std/assert";
import { yieldToEventLoop } from "../yield_to_event_loop.ts";
import { PreparationQueue } from "./preparation_queue.ts";

/** A queue whose preparations end when the test says so. */
class Scene {
  readonly started: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly queue = new PreparationQueue<string>((item) => {
    this.started.push(item);
    return new Promise((resolve) => this.#ends.set(item, resolve));
  });

  async end(item: string): Promise<void> {
    this.#ends.get(item)?.();
    await turns();
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 4; i++) await yieldToEventLoop();
}

Deno.test("idle items are prepared one by one, in order, each once", async () => {
  const { queue, started, end } = bound(new Scene());
  for (const item of ["a", "b", "b", "c"]) queue.addIdle(item);
  await turns();
  assertEquals(started, ["a"]);
  await end("a");
  assertEquals(started, ["a", "b"]);
  await end("b");
  await end("c");
  assertEquals(started, ["a", "b", "c"]);
});

Deno.test("urgent items go first, two at once", async () => {
  const { queue, started, end } = bound(new Scene());
  for (const item of ["a", "b", "c"]) queue.addIdle(item);
  for (const item of ["c", "x", "y"]) queue.addUrgent(item);
  await turns();
  assertEquals(started, ["a", "c"]);
  await end("a");
  assertEquals(started, ["a", "c", "x"]);
  await end("c");
  await end("x");
  assertEquals(started, ["a", "c", "x", "y"]);
  await end("y");
  assertEquals(started, ["a", "c", "x", "y", "b"]);
  await end("b");
});

Deno.test("an item that changes while it is prepared is prepared again", async () => {
  const { queue, started, end } = bound(new Scene());
  queue.addUrgent("a");
  await turns();
  queue.addUrgent("a");
  await end("a");
  await end("a");
  assertEquals(started, ["a", "a"]);
});

Deno.test("removed items are not prepared, nor any once it is closed", async () => {
  const { queue, started, end } = bound(new Scene());
  for (const item of ["a", "b", "c"]) queue.addIdle(item);
  await turns();
  queue.remove("b");
  let isClosed = false;
  const closing = queue.close().then(() => isClosed = true);
  await turns();
  assertEquals(isClosed, false);
  await end("a");
  await closing;
  assertEquals(started, ["a"]);
});

function bound(scene: Scene) {
  const { queue, started } = scene;
  return { queue, started, end: (item: string) => scene.end(item) };
}
