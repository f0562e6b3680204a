import { assertEquals } from "@std/assert";
import { withProgress } from "./progress.ts";
import { plainPaint } from "./terminal.ts";

/** A clock that the test moves, and what was written. */
function progress(isInteractive: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  let tick: (() => void) | undefined;
  return {
    written,
    options: {
      terminal: { isInteractive, columns: undefined, paint: plainPaint },
      write: (text: string) => void written.push(text),
      now: () => nowMs,
      every(_ms: number, callback: () => void) {
        tick = callback;
        return () => tick = undefined;
      },
    },
    advance(ms: number) {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 100) tick?.();
    },
    isTicking: () => tick !== undefined,
  };
}

Deno.test("What is done soon says nothing", async () => {
  const { options, written, advance, isTicking } = progress(true);
  const work = Promise.withResolvers<string>();
  const done = withProgress("Building x.c", work.promise, options);
  advance(500);
  work.resolve("built");
  assertEquals([await done, written, isTicking()], ["built", [], false]);
});

Deno.test("On a terminal a wheel turns until the work is done, and then goes", async () => {
  const { options, written, advance } = progress(true);
  const work = Promise.withResolvers<void>();
  const done = withProgress("Building x.c", work.promise, options);
  advance(700);
  work.resolve();
  await done;
  assertEquals(written, [
    "\r\u001b[K⠋ Building x.c … 500 ms",
    "\r\u001b[K⠙ Building x.c … 600 ms",
    "\r\u001b[K",
  ]);
});

Deno.test("Elsewhere there is one line, also when the work fails", async () => {
  const { options, written, advance, isTicking } = progress(false);
  const work = Promise.withResolvers<void>();
  const done = withProgress("Building x.c", work.promise, options);
  advance(5000);
  work.reject(new Error("failed"));
  const message = await done.catch((error) => error.message);
  assertEquals([message, written, isTicking()], ["failed", ["Building x.c …\n"], false]);
});
