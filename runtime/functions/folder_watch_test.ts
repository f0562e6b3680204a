import { laterClock } from "./testing.ts";
import { assertEquals } from "@std/assert";
import { err, ok, type Result } from "../result.ts";
import type { RescanPace } from "./change_hints.ts";
import type { FileStamp, FolderScan, ScanFailure, ScanProblem } from "./folder_scan.ts";
import { type FolderChange, FolderWatch } from "./folder_watch.ts";

/** A folder that is only told of. Its files' stamps are numbers. */
class Scene {
  readonly clock = laterClock();
  readonly reports: string[] = [];
  readonly problems: string[] = [];
  files: Record<string, number> = {};
  scanProblems: ScanProblem[] = [];
  failure: ScanFailure | undefined;
  scans = 0;
  scanMs = 0;
  hasNewWatches = false;
  watchedFolders = 0;
  rescanPace: RescanPace | undefined;
  hint = () => {};
  isHintsClosed = false;

  async open(): Promise<FolderWatch> {
    const watch = await FolderWatch.open({
      scan: () => this.#scan(),
      hints: (onHint) => {
        this.hint = onHint;
        return {
          rescanPace: this.rescanPace,
          update: (folders) => {
            this.watchedFolders = folders.size;
            return this.hasNewWatches;
          },
          close: () => this.isHintsClosed = true,
        };
      },
      clock: this.clock,
      onChange: (change) => this.reports.push(show(change)),
      onProblem: (message) => this.problems.push(message),
    });
    if (!watch.ok) throw new Error(watch.error.kind);
    return watch.value;
  }

  async #scan(): Promise<Result<FolderScan, ScanFailure>> {
    this.scans++;
    const files = new Map(Object.entries(this.files).map(([file, n]) => [file, stampOf(n)]));
    if (this.scanMs > 0) {
      await new Promise<void>((resolve) => this.clock.after(this.scanMs, resolve));
    }
    if (this.failure !== undefined) return err(this.failure);
    return ok({ files, folders: new Map([["", "1"]]), problems: this.scanProblems });
  }
}

function stampOf(n: number): FileStamp {
  return { size: n, mtimeNs: BigInt(n), ctimeNs: 0n, ino: 1n };
}

function show({ updated, removed }: FolderChange): string {
  return [...[...updated.keys()].map((file) => `+${file}`), ...removed.map((file) => `-${file}`)]
    .join(" ");
}

Deno.test("a hint leads to a scan, the scan to a report of what differs", async () => {
  const scene = new Scene();
  scene.files = { "a.wasm": 1, "b.wasm": 1 };
  const watch = await scene.open();
  scene.files = { "a.wasm": 2, "b.wasm": 1, "c.wasm": 1 };
  scene.hint();
  await scene.clock.pass(49);
  assertEquals(scene.reports, []);
  await scene.clock.pass(1);
  assertEquals(scene.reports, ["+a.wasm +c.wasm"]);
  assertEquals([...watch.files.keys()], ["a.wasm", "b.wasm", "c.wasm"]);
  watch.close();
});

Deno.test("a burst of hints is one scan and one report", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  for (let i = 0; i < 1000; i++) {
    scene.files[`f${i}.wasm`] = 1;
    scene.hint();
  }
  await scene.clock.pass(50);
  assertEquals(scene.reports.length, 1);
  assertEquals(scene.scans, 2);
  assertEquals(watch.files.size, 1000);
  watch.close();
});

Deno.test("hints that never stop delay the scan by half a second at most", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  scene.files = { "a.wasm": 1 };
  for (let ms = 0; ms < 550; ms += 10) {
    scene.hint();
    await scene.clock.pass(10);
  }
  assertEquals(scene.reports, ["+a.wasm"]);
  assertEquals(scene.scans, 2);
  watch.close();
});

Deno.test("a hint during a scan leads to another scan", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  scene.scanMs = 10;
  scene.hint();
  await scene.clock.pass(55);
  scene.files = { "late.wasm": 1 };
  scene.hint();
  await scene.clock.pass(5);
  assertEquals(scene.reports, []);
  await scene.clock.pass(60);
  assertEquals(scene.reports, ["+late.wasm"]);
  watch.close();
});

Deno.test("without any hint a change is found within two seconds", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  scene.files = { "a.wasm": 1 };
  await scene.clock.pass(2_000);
  assertEquals(scene.reports, ["+a.wasm"]);
  watch.close();
});

Deno.test("slow scans are repeated less often, but at least every half a minute", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  scene.scanMs = 100;
  await scene.clock.pass(2_100);
  assertEquals(scene.scans, 2);
  await scene.clock.pass(9_999);
  assertEquals(scene.scans, 2);
  scene.scanMs = 5_000;
  await scene.clock.pass(5_001);
  assertEquals(scene.scans, 3);
  await scene.clock.pass(30_000);
  assertEquals(scene.scans, 4);
  await scene.clock.pass(5_000);
  watch.close();
});

Deno.test("a file is removed when a second look misses it too", async () => {
  const scene = new Scene();
  scene.files = { "a.wasm": 1, "b.wasm": 1 };
  const watch = await scene.open();
  scene.files = { "b.wasm": 1 };
  scene.hint();
  await scene.clock.pass(50);
  assertEquals(scene.reports, []);
  assertEquals(watch.files.has("a.wasm"), true);
  await scene.clock.pass(50);
  assertEquals(scene.reports, ["-a.wasm"]);
  watch.close();
});

Deno.test("a file that is missing for one look is replaced, never removed", async () => {
  const scene = new Scene();
  scene.files = { "a.wasm": 1, "same.wasm": 1 };
  const watch = await scene.open();
  scene.files = {};
  scene.hint();
  await scene.clock.pass(50);
  scene.files = { "a.wasm": 2, "same.wasm": 1 };
  await scene.clock.pass(50);
  assertEquals(scene.reports, ["+a.wasm"]);
  watch.close();
});

Deno.test("a folder that is gone is empty, and found again when it is back", async () => {
  const scene = new Scene();
  scene.files = { "a.wasm": 1 };
  const watch = await scene.open();
  scene.failure = { kind: "missing", code: "ENOENT" };
  await scene.clock.pass(2_100);
  assertEquals(scene.reports, ["-a.wasm"]);
  assertEquals(scene.problems, ["The functions folder does not exist any more"]);
  assertEquals(scene.watchedFolders, 0);
  scene.failure = undefined;
  await scene.clock.pass(500);
  assertEquals(scene.reports, ["-a.wasm", "+a.wasm"]);
  assertEquals(scene.watchedFolders, 1);
  watch.close();
});

Deno.test("what cannot be read at the moment is not removed", async () => {
  const scene = new Scene();
  scene.files = { "a.wasm": 1, "sub/b.wasm": 1, "subway.wasm": 1 };
  const watch = await scene.open();
  scene.failure = { kind: "unreadable", code: "EMFILE" };
  await scene.clock.pass(5_000);
  assertEquals(scene.reports, []);
  scene.failure = undefined;
  scene.files = { "a.wasm": 1 };
  const message = "cannot be read (EACCES)";
  scene.scanProblems = [{ path: "sub", message, isUnreadableFolder: true }];
  await scene.clock.pass(5_000);
  assertEquals(scene.reports, ["-subway.wasm"]);
  watch.close();
});

Deno.test("a problem is reported once for as long as it lasts", async () => {
  const scene = new Scene();
  const problem = { path: "x.wasm", message: "is not a regular file", isUnreadableFolder: false };
  scene.scanProblems = [problem];
  const watch = await scene.open();
  await scene.clock.pass(6_000);
  assertEquals(scene.problems, ["x.wasm is not a regular file"]);
  scene.scanProblems = [];
  await scene.clock.pass(2_000);
  scene.scanProblems = [problem];
  await scene.clock.pass(2_000);
  assertEquals(scene.problems.length, 2);
  watch.close();
});

Deno.test("folders watched for the first time are looked at again soon", async () => {
  const scene = new Scene();
  scene.hasNewWatches = true;
  const watch = await scene.open();
  scene.hasNewWatches = false;
  scene.files = { "a.wasm": 1 };
  await scene.clock.pass(50);
  assertEquals(scene.reports, ["+a.wasm"]);
  watch.close();
});

Deno.test("a closed watch does nothing more", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  scene.scanMs = 10;
  scene.hint();
  await scene.clock.pass(55);
  scene.files = { "a.wasm": 1 };
  watch.close();
  scene.hint();
  await scene.clock.pass(10_000);
  assertEquals([scene.reports, scene.scans, scene.clock.pendingTimers], [[], 2, 0]);
  assertEquals(scene.isHintsClosed, true);
});

Deno.test("where no hints come, the folder is looked at as often as its hints say", async () => {
  const scene = new Scene();
  scene.rescanPace = { minMs: 300, costFactor: 5 };
  const watch = await scene.open();
  scene.files = { "a.wasm": 1 };
  await scene.clock.pass(299);
  assertEquals(scene.reports, []);
  await scene.clock.pass(1);
  assertEquals(scene.reports, ["+a.wasm"]);
  scene.files = { "a.wasm": 1, "b.wasm": 1 };
  await scene.clock.pass(50);
  assertEquals(scene.reports, ["+a.wasm", "+b.wasm"]);
  scene.scanMs = 100;
  await scene.clock.pass(150);
  assertEquals(scene.scans, 4);
  await scene.clock.pass(499);
  assertEquals(scene.scans, 4);
  await scene.clock.pass(1);
  assertEquals(scene.scans, 5);
  watch.close();
});

Deno.test("who wants to know what changed waits for the look that is due, and for no other", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  assertEquals(watch.lookDue(), undefined);
  scene.files = { "a.wasm": 1 };
  scene.scanMs = 10;
  scene.hint();
  const seen: string[][] = [];
  const first = watch.lookDue()!.then(() => seen.push([...watch.files.keys()]));
  await scene.clock.pass(55);
  assertEquals(seen, []);
  // The look under way may have missed what comes now.
  scene.files = { "a.wasm": 1, "b.wasm": 1 };
  const alsoFirst = watch.lookDue();
  scene.hint();
  const second = watch.lookDue()!.then(() => seen.push([...watch.files.keys()]));
  await scene.clock.pass(5);
  await Promise.all([first, alsoFirst]);
  await scene.clock.pass(60);
  await second;
  assertEquals(seen.map(String), ["a.wasm", "a.wasm,b.wasm"]);
  assertEquals(watch.lookDue(), undefined);
  watch.close();
});

Deno.test("closing keeps nobody waiting", async () => {
  const scene = new Scene();
  const watch = await scene.open();
  scene.hint();
  const due = watch.lookDue();
  watch.close();
  await due;
  assertEquals(watch.lookDue(), undefined);
});
