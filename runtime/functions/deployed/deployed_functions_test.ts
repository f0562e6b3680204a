import { assertEquals, assertMatch } from "@std/assert";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, valueOf } from "../../../tests/support/results.ts";
import type { SkerryError } from "../../errors.ts";
import type { Result } from "../../result.ts";
import type { DeployRequest } from "../deployments.ts";
import { FunctionRegistry, type RegistryOptions } from "../registry.ts";
import { fakeBuild, FakePrepare, preparedOf, TempFolder } from "../testing.ts";
import { FakeClock } from "../../testing_clock.ts";

/** Deployed functions over a real data folder, with a fake compiler. */
class Scene {
  readonly clock = new FakeClock(1_700_000_000_000);
  readonly fake = new FakePrepare();
  readonly retired: number[] = [];
  readonly folder: TempFolder;
  registry!: FunctionRegistry;

  private constructor(folder: TempFolder) {
    this.folder = folder;
  }

  static async open(
    files: Readonly<Record<string, string>> = {},
    options: Partial<RegistryOptions> = {},
  ): Promise<Scene> {
    const scene = new Scene(await TempFolder.make(files));
    await mkdir(join(scene.folder.path, "functions"), { recursive: true });
    const opened = await scene.start(options);
    if (!opened.ok) throw new Error(opened.error.message);
    return scene;
  }

  get data(): string {
    return join(this.folder.path, "data");
  }

  async start(
    options: Partial<RegistryOptions> = {},
  ): Promise<Result<FunctionRegistry, SkerryError>> {
    await mkdir(this.data, { recursive: true });
    const registry = await FunctionRegistry.open({
      folder: join(this.folder.path, "functions"),
      dataFolder: this.data,
      prepare: this.fake.prepare,
      build: fakeBuild,
      environment: (name) => name === "SECRET" ? "secret" : undefined,
      log: () => {},
      clock: this.clock,
      onRetired: (target) => this.retired.push(target.prepared.id),
      ...options,
    });
    if (registry.ok) this.registry = registry.value;
    return registry;
  }

  async restart(options: Partial<RegistryOptions> = {}): Promise<void> {
    await this.registry.close();
    const opened = await this.start(options);
    if (!opened.ok) throw new Error(opened.error.message);
  }

  get deployments() {
    return this.registry.deployments!;
  }

  deploy(name: string, text: string, more: Partial<DeployRequest> = {}) {
    const source = new TextEncoder().encode(text);
    return this.deployments.deploy({ name, language: "c", source, ...more });
  }

  async deployed(name: string, text: string, more: Partial<DeployRequest> = {}) {
    return valueOf(await this.deploy(name, text, more));
  }

  /** The text of the module that serves a path, loaded if need be. */
  async serving(path: string): Promise<string | undefined> {
    const fn = this.registry.matchStatic(path)?.fn;
    const loaded = await fn?.load();
    if (loaded === undefined || !loaded.ok) return loaded?.error.code;
    return this.fake.calls[preparedOf(loaded.value)!.id - 1];
  }

  folders(): Promise<string[]> {
    return readdir(join(this.data, "functions"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry.close();
    await this.folder[Symbol.asyncDispose]();
  }
}

Deno.test("a deployed source is built, kept and served, also after a restart", async () => {
  await using scene = await Scene.open();
  const { route, active } = await scene.deployed("hello", "int main");
  assertEquals([route, active.id, active.hasModule], ["/hello", "hello_1700000000", true]);
  assertEquals(await scene.serving("/hello"), "INT MAIN");
  const folder = join(scene.data, "functions", active.id);
  assertEquals((await readdir(folder)).sort(), ["code.c", "code.wasm", "metadata.json"]);
  const metadata = JSON.parse(await readFile(join(folder, "metadata.json"), "utf8"));
  assertEquals(
    [metadata.id, metadata.name, metadata.language, metadata.entrypoint, metadata.size],
    ["hello_1700000000", "hello", "c", "_start", 8],
  );
  await scene.restart({ build: () => Promise.reject(new Error("built again")) });
  assertEquals(await scene.serving("/hello"), "INT MAIN");
  const source = valueOf(await scene.deployments.source("hello"));
  assertEquals(new TextDecoder().decode(source.source), "int main");
});

Deno.test("a taken name is refused, and of two deployments at once one wins", async () => {
  await using scene = await Scene.open();
  const results = await Promise.all(["one", "two", "three"].map((text) => scene.deploy("a", text)));
  assertEquals(results.map(codeOf).sort(), ["name_taken", "name_taken", "ok"]);
  assertEquals(codeOf(await scene.deploy("a", "four")), "name_taken");
  await scene.registry.close();
  assertEquals((await scene.folders()).length, 1);
});

Deno.test("replacing makes a version, rolling back goes through them, both are kept", async () => {
  await using scene = await Scene.open();
  for (const text of ["one", "two", "three"]) {
    await scene.deployed("a", text, { isReplacing: true });
  }
  assertEquals(await scene.serving("/a"), "THREE");
  const ids = scene.deployments.find("a")!.versions.map(({ id }) => id);
  assertEquals(ids, ["a_1700000000-3", "a_1700000000-2", "a_1700000000"]);
  assertEquals(valueOf(await scene.deployments.rollback("a")).active.id, "a_1700000000-2");
  assertEquals(valueOf(await scene.deployments.rollback("a")).active.id, "a_1700000000");
  assertEquals(codeOf(await scene.deployments.rollback("a")), "version_not_found");
  assertEquals(await scene.serving("/a"), "ONE");
  await scene.restart();
  assertEquals(await scene.serving("/a"), "ONE");
  assertEquals(valueOf(await scene.deployments.rollback("a", ids[0])).active.id, ids[0]);
  assertEquals(await scene.serving("/a"), "THREE");
  assertEquals(scene.deployments.find(ids[1]!)?.name, "a");
});

Deno.test("content that a function already has is activated, not kept twice", async () => {
  await using scene = await Scene.open();
  const first = await scene.deployed("a", "one");
  await scene.deployed("a", "two", { isReplacing: true });
  const again = await scene.deployed("a", "one", { isReplacing: true });
  assertEquals([again.active.id, again.versions.length], [first.active.id, 2]);
  assertEquals(await scene.serving("/a"), "ONE");
});

Deno.test("a version that cannot run is refused before anything is kept", async () => {
  await using scene = await Scene.open();
  await scene.deployed("a", "one");
  for (
    const [text, expected, more] of [
      ["broken", "build_failed", {}],
      ["broken", "invalid_module", { language: "wasm" }],
      ["x", "invalid_config", { config: "abi = 3" }],
      ["x", "invalid_config", { config: '[[mounts]]\nhost = "/"\nguest = "/"' }],
      ["x", "invalid_config", { config: '[env]\nA = "$SECRET"' }],
      ["", "bad_request", {}],
    ] as const
  ) {
    assertEquals(codeOf(await scene.deploy("a", text, { isReplacing: true, ...more })), expected);
    assertEquals(codeOf(await scene.deploy("b", text, more)), expected);
  }
  assertEquals((await scene.folders()).length, 1);
  assertEquals(scene.deployments.list().map(({ name }) => name), ["a"]);
  assertEquals(await scene.serving("/a"), "ONE");
});

Deno.test("a removed function is gone, with its files, and its name is free", async () => {
  await using scene = await Scene.open();
  await scene.deployed("a", "one");
  await scene.deployed("a", "two", { isReplacing: true });
  const before = scene.registry.matchStatic("/a")?.fn;
  valueOf(await scene.deployments.remove("a"));
  assertEquals(scene.registry.matchStatic("/a"), undefined);
  assertEquals(before?.active !== undefined, true);
  assertEquals(await scene.folders(), []);
  assertEquals(codeOf(await scene.deployments.remove("a")), "function_not_found");
  await scene.restart();
  assertEquals(scene.deployments.list(), []);
  await scene.deployed("a", "three");
  assertEquals(await scene.serving("/a"), "THREE");
});

Deno.test("HTML is served as it is, also after a restart", async () => {
  await using scene = await Scene.open();
  const { active } = await scene.deployed("page", "<p>hello", { language: "html" });
  assertEquals(active.hasModule, false);
  await scene.restart();
  const loaded = valueOf(await scene.registry.matchStatic("/page")!.fn.load());
  assertEquals(loaded.kind === "static" && new TextDecoder().decode(loaded.body), "<p>hello");
});

Deno.test("a name that a file of the folder serves is taken, and the other way round", async () => {
  await using scene = await Scene.open({ "functions/a.wasm": "file" });
  assertEquals(codeOf(await scene.deploy("a", "one")), "name_taken");
  await scene.deployed("b", "one");
  await scene.folder.write("functions/b.wasm", "file");
  await scene.restart();
  assertEquals(await scene.serving("/b"), "ONE");
  const statuses = scene.registry.list().filter(({ route }) => route === "/b");
  assertEquals(statuses.map(({ source, error }) => [source, error?.code]), [
    ["deployed", undefined],
    ["folder", "route_conflict"],
  ]);
  valueOf(await scene.deployments.remove("b"));
  assertEquals(await scene.serving("/b"), "file");
});

Deno.test("leftovers without a row are swept at the start, whatever else is there stays", async () => {
  await using scene = await Scene.open();
  await scene.deployed("a", "one");
  const functions = join(scene.data, "functions");
  await mkdir(join(functions, "b_1700000000"));
  await mkdir(join(functions, ".unfinished-c_1700000000"));
  await writeFile(join(functions, "README"), "mine");
  await scene.restart();
  await scene.registry.close();
  assertEquals((await scene.folders()).sort(), ["README", "a_1700000000"]);
});

Deno.test("a damaged version harms only itself", async () => {
  await using scene = await Scene.open();
  const { active } = await scene.deployed("a", "one");
  await scene.deployed("b", "two");
  await writeFile(join(scene.data, "functions", active.id, "code.wasm"), "changed");
  await scene.restart();
  assertEquals(await scene.serving("/a"), "storage_failed");
  assertEquals(await scene.serving("/b"), "TWO");
  const status = scene.registry.list().find(({ route }) => route === "/a");
  assertEquals([status?.state, status?.error?.message], [
    "broken",
    "Cannot read a_1700000000: code.wasm was changed",
  ]);
  await rm(join(scene.data, "functions", active.id), { recursive: true });
  await scene.restart();
  assertEquals(await scene.serving("/a"), "storage_failed");
  await scene.deployed("a", "three", { isReplacing: true });
  assertEquals(await scene.serving("/a"), "THREE");
});

Deno.test("a database that cannot be read is never written over, and the start says what to do", async () => {
  await using scene = await Scene.open();
  await scene.deployed("a", "one");
  await scene.registry.close();
  const path = join(scene.data, "functions.db");
  const good = await readFile(path);
  const damage = {
    "no database": new TextEncoder().encode("not a database, but long enough to look at"),
    cut: Uint8Array.from(good.subarray(0, 4096)),
  };
  for (const [kind, bytes] of Object.entries(damage)) {
    await writeFile(path, bytes);
    const opened = await scene.start();
    assertEquals(codeOf(opened), "storage_failed", kind);
    assertMatch(opened.ok ? "" : opened.error.message, /restore it from a backup, or move it/);
    assertEquals(Uint8Array.from(await readFile(path)), bytes);
  }
  await rm(path);
  const opened = await scene.start();
  assertMatch(opened.ok ? "" : opened.error.message, /there is none, but functions\/ beside it/);
  assertEquals(existsSync(path), false);
  await writeFile(path, good);
  valueOf(await scene.start());
  assertEquals(await scene.serving("/a"), "ONE");
});
