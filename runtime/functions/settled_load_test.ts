import { assertEquals } from "@std/assert";
import { skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { DEFAULT_CONFIG } from "./config_file.ts";
import type { FileStamp } from "./folder_scan.ts";
import { loadSettled, type SettledLoad } from "./settled_load.ts";
import { fakeModule, START } from "./testing.ts";
import { FakeClock } from "../testing_clock.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import type { LoadFailure } from "./version_loader.ts";

const GOOD = versionOf("good");

function versionOf(id: string): LoadedVersion {
  const prepared = fakeModule(1, [START]);
  const { limits } = DEFAULT_CONFIG;
  const target = { prepared, handler: "_start", limits, inlineScore: 0 };
  return { kind: "module", config: DEFAULT_CONFIG, target, id, moduleHash: id, size: 1 };
}

/** One function whose files change only when the test says so. */
class Scene {
  readonly clock = new FakeClock(1_000_000);
  readonly loads: number[] = [];
  module: FileStamp | undefined = this.stamp();
  config: FileStamp | undefined;
  hasConfig = false;
  isCancelled = false;
  outcome: Result<LoadedVersion, LoadFailure> = ok(GOOD);
  duringLoad = () => {};
  result: SettledLoad | undefined | "pending" = "pending";

  /** The stamp of a file written now. */
  stamp(): FileStamp {
    const nowNs = BigInt(this.clock.wallMs()) * 1_000_000n;
    return { size: 1, mtimeNs: nowNs, ctimeNs: 0n, ino: 1n };
  }

  start(): void {
    loadSettled({
      clock: this.clock,
      files: () => ({ module: "a.wasm", config: this.hasConfig ? "a.toml" : undefined }),
      stamp: (file) => Promise.resolve(file === "a.wasm" ? this.module : this.config),
      load: () => {
        this.loads.push(this.clock.wallMs() - 1_000_000);
        this.duringLoad();
        return Promise.resolve(this.outcome);
      },
      isCancelled: () => this.isCancelled,
    }).then((result) => this.result = result);
  }
}

const BROKEN = err({ error: skerryError("invalid_module", "Cannot run it"), contentId: "x" });

Deno.test("old files are loaded at once", async () => {
  const scene = new Scene();
  await scene.clock.pass(100);
  scene.start();
  await scene.clock.pass(0);
  assertEquals(scene.result, {
    outcome: ok(GOOD),
    stamps: { module: scene.module, config: undefined },
  });
  assertEquals(scene.loads, [100]);
});

Deno.test("files that were just written are waited for", async () => {
  const scene = new Scene();
  await scene.clock.pass(30);
  scene.start();
  await scene.clock.pass(69);
  assertEquals(scene.loads, []);
  await scene.clock.pass(1);
  assertEquals(scene.loads, [100]);
});

Deno.test("a file that keeps growing is loaded when it has stopped", async () => {
  const scene = new Scene();
  scene.start();
  for (let i = 0; i < 20; i++) {
    await scene.clock.pass(50);
    scene.module = scene.stamp();
  }
  assertEquals(scene.loads, []);
  await scene.clock.pass(100);
  assertEquals(scene.loads, [1_100]);
  assertEquals(scene.result !== "pending", true);
});

Deno.test("a file that never stops is loaded all the same after five seconds", async () => {
  const scene = new Scene();
  scene.start();
  for (let i = 0; i < 110; i++) {
    await scene.clock.pass(50);
    scene.module = scene.stamp();
  }
  assertEquals(scene.loads.length, 1);
  assertEquals(scene.result !== "pending", true);
});

Deno.test("a failure counts only when its file is 300 ms old", async () => {
  const scene = new Scene();
  scene.outcome = BROKEN;
  scene.start();
  await scene.clock.pass(299);
  assertEquals([scene.loads, scene.result], [[100], "pending"]);
  await scene.clock.pass(1);
  assertEquals(scene.loads, [100, 300]);
  assertEquals(scene.result, {
    outcome: BROKEN,
    stamps: { module: scene.module, config: undefined },
  });
});

Deno.test("a write that pauses is not blamed", async () => {
  const scene = new Scene();
  scene.outcome = BROKEN;
  scene.start();
  await scene.clock.pass(150);
  scene.outcome = ok(GOOD);
  scene.module = scene.stamp();
  await scene.clock.pass(200);
  assertEquals(scene.result, {
    outcome: ok(GOOD),
    stamps: { module: scene.module, config: undefined },
  });
});

Deno.test("a change during the preparation starts it again with the newest bytes", async () => {
  const scene = new Scene();
  await scene.clock.pass(1_000);
  scene.duringLoad = () => {
    scene.duringLoad = () => {};
    scene.module = scene.stamp();
    scene.outcome = ok(versionOf("newest"));
  };
  scene.start();
  await scene.clock.pass(200);
  assertEquals(scene.loads, [1_000, 1_100]);
  assertEquals(scene.result !== "pending" && scene.result?.outcome, ok(versionOf("newest")));
});

Deno.test("a configuration that is missing for a moment is waited for", async () => {
  const scene = new Scene();
  scene.hasConfig = true;
  await scene.clock.pass(1_000);
  scene.start();
  await scene.clock.pass(50);
  assertEquals(scene.loads, []);
  scene.config = scene.module;
  await scene.clock.pass(50);
  assertEquals(scene.loads, [1_100]);
});

Deno.test("a module that is gone is given up when the load is cancelled, or after five seconds", async () => {
  const cancelled = new Scene();
  cancelled.module = undefined;
  cancelled.start();
  await cancelled.clock.pass(150);
  cancelled.isCancelled = true;
  await cancelled.clock.pass(50);
  assertEquals([cancelled.result, cancelled.loads], [undefined, []]);
  const gone = new Scene();
  gone.module = undefined;
  gone.start();
  await gone.clock.pass(5_000);
  assertEquals([gone.result, gone.loads], [undefined, []]);
});

Deno.test("a file from a clock that is ahead is not waited for", async () => {
  const scene = new Scene();
  scene.module = { size: 1, mtimeNs: 9_000_000_000_000n, ctimeNs: 0n, ino: 1n };
  scene.outcome = BROKEN;
  scene.start();
  await scene.clock.pass(0);
  assertEquals(scene.result !== "pending", true);
});
