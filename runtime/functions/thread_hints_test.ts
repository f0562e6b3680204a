import { assertEquals } from "@std/assert";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { FakeClock } from "../testing_clock.ts";
import { POLLING_PACE } from "./change_hints.ts";
import { TempFolder } from "./testing.ts";
import { serveHints, ThreadHints } from "./thread_hints.ts";

const FOLDERS = new Map([["", "1:2"]]);

function setUp() {
  const thread = new FakeThread();
  let hintCount = 0;
  const hints = new ThreadHints("/functions", () => hintCount++, thread);
  return { thread, hints, hintCount: () => hintCount };
}

Deno.test("Folders go to the thread, and its hints come from there", () => {
  const { thread, hints, hintCount } = setUp();
  assertEquals(hints.update(FOLDERS), false);
  assertEquals(thread.posted, [{ root: "/functions", folders: FOLDERS }]);
  thread.answer("updated");
  thread.answer("hint");
  assertEquals(hintCount(), 1);
});

Deno.test("A thread that answers spares frequent looks; one that is silent does not", () => {
  const { thread, hints } = setUp();
  hints.update(FOLDERS);
  thread.answer("updated");
  hints.update(FOLDERS);
  assertEquals(hints.rescanPace, undefined);
  hints.update(FOLDERS);
  assertEquals(hints.rescanPace, POLLING_PACE);
  thread.answer("updated");
  hints.update(FOLDERS);
  assertEquals(hints.rescanPace, undefined);
});

Deno.test("A thread that ended counts as silent", () => {
  const { thread, hints } = setUp();
  thread.crash("exit code 1");
  hints.update(FOLDERS);
  assertEquals(hints.rescanPace, POLLING_PACE);
});

Deno.test("Closing ends the thread", () => {
  const { thread, hints } = setUp();
  hints.close();
  assertEquals(thread.isTerminated, true);
});

Deno.test("The thread hints at once at what it begins to watch, and once for a burst of changes", async () => {
  await using folder = await TempFolder.make();
  const posted: unknown[] = [];
  let hinted = () => {};
  let handle: (message: unknown) => void = () => {};
  const clock = new FakeClock();
  serveHints({
    role: "watcher",
    post: (message) => {
      posted.push(message);
      if (message === "hint") hinted();
    },
    onMessage: (handler) => handle = handler,
  }, clock);
  handle({ root: folder.path, folders: FOLDERS });
  assertEquals(posted, ["hint", "updated"]);
  clock.advance(10);
  const more = new Promise<void>((resolve) => hinted = resolve);
  for (const name of ["a", "b", "c"]) await folder.write(`${name}.wasm`, name);
  await more;
  assertEquals(posted, ["hint", "updated", "hint"]);
  handle({ root: folder.path, folders: new Map() });
  assertEquals(posted.slice(2), ["hint", "updated"]);
});
