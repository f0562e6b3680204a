import { assertEquals, assertStrictEquals } from "@std/assert";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Build } from "../build/language.ts";
import { skerryError } from "../errors.ts";
import { err } from "../result.ts";
import { delay } from "../clock.ts";
import { FunctionRegistry, type RegistryEvent, type RegistryOptions } from "./registry.ts";
import type { FunctionVersion } from "./served_function.ts";
import { fakeBuild, FakePrepare, laterClock, preparedOf, TempFolder, until } from "./testing.ts";

/** A registry over a real folder, whose time passes only in `until`. */
class Scene {
  readonly clock = laterClock();
  readonly fake = new FakePrepare();
  readonly events: RegistryEvent[] = [];
  readonly folder: TempFolder;
  /** Without a hint the periodic rescan finds changes. */
  hint = () => {};
  #registry: FunctionRegistry | undefined;

  private constructor(folder: TempFolder) {
    this.folder = folder;
  }

  static async open(
    files: Readonly<Record<string, string>>,
    options: Partial<RegistryOptions> = {},
    gate?: Promise<void>,
  ): Promise<Scene> {
    const scene = new Scene(await TempFolder.make(files));
    scene.fake.gate = gate;
    const registry = await FunctionRegistry.open({
      folder: scene.folder.path,
      prepare: scene.fake.prepare,
      environment: () => undefined,
      log: (event) => scene.events.push(event),
      clock: scene.clock,
      hints: (onHint) => {
        scene.hint = onHint;
        return { update: () => false, close: () => {} };
      },
      ...options,
    });
    if (!registry.ok) throw new Error(registry.error.message);
    scene.#registry = registry.value;
    return scene;
  }

  get registry(): FunctionRegistry {
    if (this.#registry === undefined) throw new Error("The registry is not open");
    return this.#registry;
  }

  /** Lets time pass until the condition holds. */
  until(condition: () => boolean): Promise<void> {
    return until(condition, { clock: this.clock });
  }

  /** Lets several rescans and everything that follows from them happen. */
  async pass(): Promise<void> {
    const endMs = this.clock.wallMs() + 6_000;
    await this.until(() => this.clock.wallMs() >= endMs);
  }

  /** Lets time pass until a promise is settled. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    promise.finally(() => isSettled = true);
    await this.until(() => isSettled);
    return promise;
  }

  fn(path: string) {
    const match = this.registry.matchStatic(path) ?? this.registry.matchDynamic(path);
    if (match === undefined) throw new Error(`No function at ${path}`);
    return match.fn;
  }

  active(path: string): FunctionVersion | undefined {
    return this.registry.matchStatic(path)?.fn.active;
  }

  status(file: string) {
    return this.registry.list().find((status) => status.file === file);
  }

  /** Events as short text. */
  get log(): string[] {
    return this.events.map((event) => {
      if ("message" in event) return event.message;
      const kind = event.kind.replace("function_", "");
      return `${kind} ${event.file}` +
        (event.kind === "function_broken"
          ? ` ${event.error.code}${event.isServing ? " serving" : ""}`
          : "");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish(this.registry.close());
    await this.folder[Symbol.asyncDispose]();
  }
}

/** A compiler that is there once it is installed. */
class MissingCompiler {
  isInstalled = false;
  attempts = 0;

  readonly build: Build = async (language, source) => {
    this.attempts++;
    if (this.isInstalled) return await fakeBuild(language, source);
    return err(skerryError("toolchain_missing", "Cannot build: there is no compiler"));
  };
}

Deno.test("a missing folder is an error that says what to do", async () => {
  await using folder = await TempFolder.make();
  const registry = await FunctionRegistry.open({
    folder: join(folder.path, "functions"),
    prepare: new FakePrepare().prepare,
    environment: () => undefined,
    log: () => {},
  });
  assertEquals(registry, {
    ok: false,
    error: {
      code: "invalid_config",
      message: `Cannot open the functions folder ${folder.path}/functions: ` +
        "there is no such folder; create it, or name another one with --functions",
    },
  });
});

Deno.test("functions are found at their routes and prepared at their first call", async () => {
  const gate = Promise.withResolvers<void>();
  const files = { "hello.wasm": "hello", "greet/[name].wasm": "greet" };
  await using scene = await Scene.open(files, {}, gate.promise);
  const hello = scene.fn("/hello");
  assertEquals([hello.route, hello.active], ["/hello", undefined]);
  assertEquals(scene.registry.matchStatic("/greet/ann"), undefined);
  assertEquals(scene.registry.matchDynamic("/greet/ann")?.params, { name: "ann" });
  const loads = [hello.load(), hello.load(), scene.fn("/greet/ann").load()];
  gate.resolve();
  const [first, second] = await Promise.all(loads);
  assertEquals(first?.ok, true);
  assertStrictEquals(first, second);
  assertStrictEquals(first?.ok && first.value, hello.active);
  assertEquals(scene.fake.calls.toSorted(), ["greet", "hello"]);
});

Deno.test("functions nobody calls are prepared too, one by one", async () => {
  await using scene = await Scene.open({ "a.wasm": "a", "b.wasm": "broken", "c.wasm": "c" });
  await scene.until(() => scene.events.length === 3);
  assertEquals(scene.log, ["ready a.wasm", "broken b.wasm invalid_module", "ready c.wasm"]);
});

Deno.test("the list shows every file by route, as JSON can carry it", async () => {
  await using scene = await Scene.open({
    "index.wasm": "index",
    "index.toml": `methods = ["GET"]`,
    "bad.wasm": "broken",
    "a.wasm": "a",
    "a/index.wasm": "a2",
  });
  await scene.until(() => scene.events.length === 4);
  const [index, a, conflict, bad, ...others] = JSON.parse(JSON.stringify(scene.registry.list()));
  assertEquals(others, []);
  const { version, loadedAt, ...rest } = index;
  assertEquals(/^[0-9a-f]{12}$/.test(version), true);
  assertEquals(new Date(loadedAt).toISOString(), loadedAt);
  assertEquals(rest, {
    route: "/",
    source: "folder",
    file: "index.wasm",
    state: "ready",
    size: 5,
    methods: ["GET"],
  });
  assertEquals([a.file, a.state], ["a.wasm", "ready"]);
  assertEquals(conflict, {
    route: "/a",
    source: "folder",
    file: "a/index.wasm",
    state: "broken",
    size: 2,
    error: {
      code: "route_conflict",
      message: "Cannot serve a/index.wasm at /a: a.wasm already serves these paths",
    },
  });
  assertEquals([bad.state, bad.error.code], ["broken", "invalid_module"]);
});

Deno.test("a changed file is swapped in once it is prepared, and a running request keeps its own", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  const { fn } = scene.registry.matchStatic("/a") ?? {};
  const first = await fn?.load();
  const gate = Promise.withResolvers<void>();
  scene.fake.gate = gate.promise;
  await scene.folder.write("a.wasm", "two!");
  await scene.until(() => scene.fake.calls.length === 2);
  assertStrictEquals(first?.ok && first.value, fn?.active);
  const before = fn?.active;
  gate.resolve();
  await scene.until(() => fn?.active !== before);
  assertEquals(preparedOf(scene.active("/a"))?.id, 2);
  assertEquals(preparedOf(before)?.id, 1);
});

Deno.test("identical bytes are no new version", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.fn("/a").load();
  const before = scene.active("/a");
  await scene.folder.write("new", "one");
  await scene.folder.rename("new", "a.wasm");
  await scene.pass();
  assertStrictEquals(scene.active("/a"), before);
  assertEquals(scene.log, ["ready a.wasm"]);
});

Deno.test("an editor's rename dance is a replacement", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.fn("/a").load();
  await scene.folder.write("a.wasm.tmp", "two");
  await scene.folder.rename("a.wasm", "a.wasm~");
  await scene.folder.rename("a.wasm.tmp", "a.wasm");
  await scene.until(() => scene.fake.calls.length === 2);
  await scene.until(() => scene.log.length === 2);
  assertEquals(scene.log, ["ready a.wasm", "ready a.wasm"]);
});

Deno.test("a file that is truncated and then written never shows half its content", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.fn("/a").load();
  await scene.folder.write("a.wasm", "broken: half");
  // By this clock it was written in half a second's time: until then it is unfinished.
  const writtenMs = scene.clock.wallMs() + 500;
  await utimes(join(scene.folder.path, "a.wasm"), writtenMs / 1_000, writtenMs / 1_000);
  scene.hint();
  await scene.until(() => scene.clock.wallMs() >= writtenMs);
  await scene.folder.write("a.wasm", "whole");
  await scene.until(() => scene.log.length === 2);
  assertEquals(scene.log, ["ready a.wasm", "ready a.wasm"]);
  assertEquals(scene.fake.calls, ["one", "whole"]);
});

Deno.test("a broken version is reported once, the old one serves, and the next good one replaces it", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.fn("/a").load();
  const good = scene.active("/a");
  await scene.folder.write("a.wasm", "broken");
  await scene.until(() => scene.status("a.wasm")?.error !== undefined);
  assertStrictEquals(scene.active("/a"), good);
  assertEquals(scene.status("a.wasm")?.state, "ready");
  await scene.folder.write("copy", "broken");
  await scene.folder.rename("copy", "a.wasm");
  await scene.pass();
  assertEquals(scene.log, ["ready a.wasm", "broken a.wasm invalid_module serving"]);
  await scene.folder.write("a.wasm", "fixed");
  await scene.until(() => scene.status("a.wasm")?.error === undefined);
  assertEquals(scene.active("/a") === good, false);
});

Deno.test("a function that was never good answers its error until it is fixed", async () => {
  await using scene = await Scene.open({ "a.wasm": "broken" });
  const fn = scene.fn("/a");
  const loading = fn.load();
  await scene.until(() => scene.log.length === 1);
  const expected = {
    ok: false,
    error: { code: "invalid_module", message: "Cannot run a module of 6 bytes" },
  };
  assertEquals([await loading, await fn.load()], [expected, expected]);
  assertEquals(scene.fake.calls.length, 1);
  await scene.folder.write("a.wasm", "fixed");
  await scene.until(() => fn.active !== undefined);
  assertEquals(scene.status("a.wasm")?.state, "ready");
});

Deno.test("a change of the configuration alone is a new version of the same module", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.fn("/a").load();
  const prepared = preparedOf(scene.active("/a"));
  await scene.folder.write("a.toml", `abi = "cgi"`);
  await scene.until(() => scene.active("/a")?.config.abi === "cgi");
  await scene.folder.write("a.toml", `abi = "wrong"`);
  await scene.until(() => scene.status("a.wasm")?.error?.code === "invalid_config");
  assertEquals(scene.active("/a")?.config.abi, "cgi");
  await scene.folder.remove("a.toml");
  await scene.until(() => scene.active("/a")?.config.abi === "auto");
  assertStrictEquals(preparedOf(scene.active("/a")), prepared);
  assertEquals(scene.status("a.wasm")?.error, undefined);
});

Deno.test("a deleted file has no route, but a request that has begun keeps its version", async () => {
  await using scene = await Scene.open({ "a.wasm": "one", "b.wasm": "two" });
  const fn = scene.fn("/a");
  const loaded = await fn.load();
  await scene.folder.remove("a.wasm");
  await scene.until(() => scene.registry.matchStatic("/a") === undefined);
  assertStrictEquals(fn.active, loaded.ok && loaded.value);
  assertEquals(scene.log.includes("removed a.wasm"), true);
  assertEquals(scene.registry.list().map(({ file }) => file), ["b.wasm"]);
});

Deno.test("a file that is deleted while it is prepared is not found, and not reported", async () => {
  const gate = Promise.withResolvers<void>();
  await using scene = await Scene.open({ "a.wasm": "one" }, {}, gate.promise);
  const loading = scene.fn("/a").load();
  await scene.until(() => scene.fake.calls.length === 1);
  await scene.folder.remove("a.wasm");
  await scene.until(() => scene.log.length === 1);
  gate.resolve();
  const result = await scene.finish(loading);
  assertEquals(!result.ok && result.error.code, "function_not_found");
  assertEquals(scene.log, ["removed a.wasm"]);
});

Deno.test("a folder deleted and made again serves its functions again", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.fn("/a").load();
  await scene.folder.remove(".");
  await scene.until(() => scene.registry.list().length === 0);
  await scene.folder.write("a.wasm", "two");
  await scene.until(() => scene.active("/a") !== undefined);
  assertEquals(scene.log, [
    "ready a.wasm",
    "The functions folder does not exist any more",
    "removed a.wasm",
    "ready a.wasm",
  ]);
});

Deno.test("when a file goes, one that was refused its route takes over", async () => {
  await using scene = await Scene.open({ "a.wasm": "one" });
  await scene.folder.write("a/index.wasm", "two");
  await scene.until(() => scene.log.includes("broken a/index.wasm route_conflict"));
  assertEquals((await scene.finish(scene.fn("/a").load())).ok, true);
  await scene.folder.remove("a.wasm");
  await scene.until(() => scene.status("a/index.wasm")?.state === "ready");
  assertEquals(preparedOf(scene.active("/a"))?.id, 2);
});

Deno.test("a thousand files that come and change at once are all served", async () => {
  await using scene = await Scene.open({});
  const writeAll = (content: string) =>
    Promise.all(Array.from({ length: 1000 }, (_, i) => {
      return writeFile(join(scene.folder.path, `f${i}.wasm`), `${content} ${i}`);
    }));
  const allReadySince = (count: number) => () => scene.events.length === count;
  await writeAll("first");
  await scene.until(() => scene.registry.list().length === 1000);
  assertEquals((await scene.finish(scene.fn("/f999").load())).ok, true);
  await scene.until(allReadySince(1000));
  await writeAll("second");
  await scene.until(allReadySince(2000));
  assertEquals(new Set(scene.fake.calls).size, 2000);
  assertEquals(scene.log.every((line) => line.startsWith("ready")), true);
});

Deno.test("only so many modules are kept; others are prepared again at their next call", async () => {
  const files = { "a.wasm": "a", "b.wasm": "b", "c.wasm": "c" };
  await using scene = await Scene.open(files, { maxModules: 2 });
  const a = scene.fn("/a");
  await scene.until(() => scene.events.length === 3);
  const states = () => scene.registry.list().map(({ state }) => state);
  assertEquals(states(), ["ready", "ready", "unloaded"]);
  const running = a.active;
  scene.registry.matchStatic("/b");
  assertEquals((await scene.finish(scene.fn("/c").load())).ok, true);
  assertEquals(states(), ["unloaded", "ready", "ready"]);
  scene.registry.matchStatic("/b");
  assertEquals((await scene.finish(a.load())).ok, true);
  assertEquals(states(), ["ready", "ready", "unloaded"]);
  assertEquals([preparedOf(running)?.id, preparedOf(a.active)?.id], [1, 5]);
  assertEquals(scene.events.length, 3);
});

Deno.test("a version that is replaced, let go or removed is retired", async () => {
  const retired: number[] = [];
  await using scene = await Scene.open({ "a.wasm": "a", "b.wasm": "b" }, {
    maxModules: 1,
    onRetired: ({ prepared }) => retired.push(prepared.id),
  });
  await scene.finish(scene.fn("/a").load());
  const first = preparedOf(scene.active("/a"))?.id;
  await scene.folder.write("a.wasm", "a, the second");
  await scene.until(() => preparedOf(scene.active("/a"))?.id !== first);
  const second = preparedOf(scene.active("/a"))?.id;
  await scene.finish(scene.fn("/b").load());
  const third = preparedOf(scene.active("/b"))?.id;
  await scene.folder.remove("b.wasm");
  await scene.until(() => scene.registry.matchStatic("/b") === undefined);
  const ours = retired.filter((id) => [first, second, third].includes(id));
  assertEquals(ours, [first, second, third]);
});

Deno.test("a version whose file has become broken is never let go", async () => {
  await using scene = await Scene.open({ "a.wasm": "a", "b.wasm": "b" }, { maxModules: 1 });
  await scene.finish(scene.fn("/a").load());
  await scene.folder.write("a.wasm", "broken");
  await scene.until(() => scene.status("a.wasm")?.error !== undefined);
  await scene.finish(scene.fn("/b").load());
  assertEquals(preparedOf(scene.active("/a")) !== undefined, true);
});

Deno.test("a preparation that throws is an internal error, and tells no secrets", async () => {
  const prepare = () => Promise.reject(new Error("/home/ann/secret"));
  await using scene = await Scene.open({ "a.wasm": "a" }, { prepare });
  await scene.until(() => scene.events.length === 1);
  assertEquals(scene.status("a.wasm")?.error, {
    code: "internal_error",
    message: "Cannot prepare a.wasm: an internal error occurred",
  });
});

Deno.test("a function whose compiler was missing is built by a call once it is there, not by every call before", async () => {
  const compiler = new MissingCompiler();
  await using scene = await Scene.open({ "a.c": "a" }, { build: compiler.build });
  const fn = scene.fn("/a");
  const code = async () => {
    const loaded = await scene.finish(fn.load());
    return loaded.ok ? "ready" : loaded.error.code;
  };
  assertEquals([await code(), await code()], ["toolchain_missing", "toolchain_missing"]);
  assertEquals(compiler.attempts, 1);
  await scene.pass();
  assertEquals(compiler.attempts, 1);
  assertEquals([await code(), compiler.attempts], ["toolchain_missing", 2]);
  compiler.isInstalled = true;
  assertEquals(await code(), "toolchain_missing");
  await scene.pass();
  assertEquals([await code(), compiler.attempts], ["ready", 3]);
  assertEquals(scene.log, ["broken a.c toolchain_missing", "ready a.c"]);
});

Deno.test("a version whose build failed for now takes over from the old one, and nobody need touch its file", async () => {
  const compiler = new MissingCompiler();
  compiler.isInstalled = true;
  await using scene = await Scene.open({ "a.c": "a" }, { build: compiler.build });
  await scene.finish(scene.fn("/a").load());
  compiler.isInstalled = false;
  await scene.folder.write("a.c", "a, the second");
  await scene.until(() => scene.status("a.c")?.error?.code === "toolchain_missing");
  const attempts = compiler.attempts;
  await scene.pass();
  assertEquals(compiler.attempts, attempts);
  compiler.isInstalled = true;
  await scene.until(() => scene.status("a.c")?.error === undefined);
  assertEquals(scene.fake.calls, ["A", "A, THE SECOND"]);
  assertEquals(scene.log, ["ready a.c", "broken a.c toolchain_missing serving", "ready a.c"]);
});

Deno.test("what takes long to fail rests the longer before it is tried again", async () => {
  let attempts = 0;
  const scene: Scene = await Scene.open({ "a.c": "a" }, {
    build: async () => {
      attempts++;
      await delay(scene.clock, 3_000);
      return err(skerryError("timeout", "Cannot build: it took longer than 3 s"));
    },
  });
  await using _ = scene;
  const call = () => scene.finish(scene.fn("/a").load());
  await call();
  await scene.clock.pass(14_000);
  await call();
  assertEquals(attempts, 1);
  await scene.clock.pass(1_500);
  await call();
  assertEquals(attempts, 2);
});

Deno.test("listeners hear events until they are removed", async () => {
  await using scene = await Scene.open({});
  const heard: string[] = [];
  const stop = scene.registry.onEvent(({ kind }) => heard.push(kind));
  await scene.folder.write("a.wasm", "a");
  await scene.until(() => scene.log.length === 1);
  stop();
  await scene.folder.remove("a.wasm");
  await scene.until(() => scene.log.length === 2);
  assertEquals(heard, ["function_ready"]);
});
