import { assertEquals } from "@std/assert";
import { err, ok, type Result } from "../../result.ts";
import { FakeClock } from "../../testing_clock.ts";
import type { CoordError } from "./coord_error.ts";
import { unlessTakenBack } from "./take_back.ts";

type Answer = Result<Readonly<Record<string, unknown>>, CoordError>;

/** An acquire and its cancellations, which the test answers. */
function started() {
  const clock = new FakeClock();
  const abort = new AbortController();
  const acquire = Promise.withResolvers<Answer>();
  const cancels: ((answer: Answer) => void)[] = [];
  const cancel = () => new Promise<Answer>((resolve) => cancels.push(resolve));
  const { signal } = abort;
  const answer = unlessTakenBack(acquire.promise, { signal, cancel, clock, lock: "files" });
  const code = answer.then((each) => each.ok ? "ok" : each.error.code);
  return { clock, abort, acquire, cancels, code };
}

/** Lets everything that is promised happen. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

const CANCELLED = err({ code: "lock_wait_cancelled", message: "Taken back", rc: -1 });
const STALE = err({ code: "stale_request", message: "Not known", rc: -1 });

Deno.test("Nothing is taken back without an abort, nor by one that comes later", async () => {
  const { abort, acquire, cancels, code } = started();
  acquire.resolve(ok({ token: 2 }));
  assertEquals(await code, "ok");
  abort.abort();
  assertEquals(cancels.length, 0);
});

Deno.test("An abort takes the wait back", async () => {
  const { abort, acquire, cancels, code } = started();
  abort.abort();
  acquire.resolve(CANCELLED);
  cancels[0]!(ok({}));
  assertEquals([await code, cancels.length], ["lock_wait_cancelled", 1]);
});

Deno.test("A lock that is granted while it is taken back is not kept", async () => {
  const { abort, acquire, cancels, code } = started();
  abort.abort();
  acquire.resolve(ok({ token: 2 }));
  await settle();
  cancels[0]!(ok({}));
  assertEquals(await code, "lock_wait_cancelled");
});

Deno.test("A cancellation that overtook its request is sent again", async () => {
  const { clock, abort, acquire, cancels, code } = started();
  abort.abort();
  cancels[0]!(STALE);
  await settle();
  clock.advance(50);
  await settle();
  assertEquals(cancels.length, 2);
  acquire.resolve(CANCELLED);
  cancels[1]!(ok({}));
  assertEquals(await code, "lock_wait_cancelled");
});

Deno.test("A request that was refused needs no more cancellations", async () => {
  const { abort, acquire, cancels, code } = started();
  abort.abort();
  acquire.resolve(err({ code: "overloaded", message: "Too many", rc: -1 }));
  await settle();
  cancels[0]!(STALE);
  assertEquals([await code, cancels.length], ["overloaded", 1]);
});
