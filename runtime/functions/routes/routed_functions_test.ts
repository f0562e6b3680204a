import { assertEquals, assertMatch } from "@std/assert";
import { statSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { codeOf, valueOf } from "../../../tests/support/results.ts";
import type { SkerryError } from "../../errors.ts";
import { sqlite } from "../../platform/sqlite.ts";
import { err, ok, type Result } from "../../result.ts";
import { FunctionRegistry, type RegistryEvent, type RegistryOptions } from "../registry.ts";
import { MAX_ROWS } from "./route_database.ts";
import { fakeBuild, FakePrepare, laterClock, preparedOf, TempFolder, until } from "../testing.ts";

/** A route table in a real data folder, another program that edits it, and a fake compiler. */
class Scene {
  readonly clock = laterClock();
  readonly fake = new FakePrepare();
  readonly events: RegistryEvent[] = [];
  readonly folder: TempFolder;
  registry!: FunctionRegistry;
  #client: DatabaseSync | undefined;

  private constructor(folder: TempFolder) {
    this.folder = folder;
  }

  static async open(
    files: Readonly<Record<string, string>> = {},
    options: Partial<RegistryOptions> = {},
  ): Promise<Scene> {
    const scene = new Scene(await TempFolder.make(files));
    for (const name of ["functions", "data"]) {
      await mkdir(join(scene.folder.path, name), { recursive: true });
    }
    valueOf(await scene.start(options));
    return scene;
  }

  async start(
    options: Partial<RegistryOptions> = {},
  ): Promise<Result<FunctionRegistry, SkerryError>> {
    const registry = await FunctionRegistry.open({
      folder: join(this.folder.path, "functions"),
      dataFolder: join(this.folder.path, "data"),
      prepare: this.fake.prepare,
      build: fakeBuild,
      environment: (name) => name === "COLOUR" ? "blue" : undefined,
      log: (event) => this.events.push(event),
      clock: this.clock,
      ...options,
    });
    if (registry.ok) this.registry = registry.value;
    return registry;
  }

  get path(): string {
    return join(this.folder.path, "data", "faas_meta.db");
  }

  get routes() {
    return this.registry.routes!;
  }

  /** What another program does. */
  get client(): DatabaseSync {
    return this.#client ??= new (sqlite().DatabaseSync)(this.path);
  }

  write(key: unknown, json: unknown): void {
    const text = typeof json === "object" && !(json instanceof Uint8Array)
      ? JSON.stringify(json)
      : json;
    this.client.prepare(
      "INSERT OR REPLACE INTO functions (k, v, updated) VALUES (?, ?, strftime('%s','now'))",
    ).run(key as string, text as string);
  }

  /** Lets a look at the table, and at modules, pass. */
  async follow(): Promise<void> {
    for (let i = 0; i < 4; i++) {
      await this.clock.pass(300);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Waits until nothing is beside the file, as it must be for a file to be copied or replaced. */
  async settled(): Promise<void> {
    await until(() => statSync(this.path + "-wal").size === 0, this);
  }

  row(key: string) {
    return this.routes.list().find((row) => row.key === key);
  }

  /** The text of the module that serves a path, or the error's code. */
  async serving(path: string, method = "GET"): Promise<string | undefined> {
    const fn = this.registry.matchStatic(path, method)?.fn ??
      this.registry.matchDynamic(path, method)?.fn;
    const loaded = await fn?.load();
    if (loaded === undefined || !loaded.ok) return loaded?.error.code;
    if (loaded.value.kind === "static") return new TextDecoder().decode(loaded.value.body);
    return this.fake.calls[preparedOf(loaded.value)!.id - 1];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client?.isOpen) this.#client.close();
    await this.registry.close();
    await this.folder[Symbol.asyncDispose]();
  }
}

const ONE = { runtime: "wasm", module: "_lib/one.wasm" };
const FILES = { "functions/_lib/one.wasm": "one", "functions/_lib/two.wasm": "two" };

Deno.test("the table is made as it is promised, and what is there is kept", async () => {
  await using scene = await Scene.open(FILES);
  const { sql } = scene.client.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table'").get()!;
  assertEquals(
    String(sql).replace(/\s+/g, " "),
    "CREATE TABLE functions ( k TEXT PRIMARY KEY, v TEXT NOT NULL, updated INTEGER NOT NULL)",
  );
  scene.write("GET:/a", ONE);
  await scene.registry.close();
  valueOf(await scene.start());
  assertEquals(await scene.serving("/a"), "one");
});

Deno.test("rows come, change and go with what another program does", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/a", ONE);
  scene.write("POST:/a", { ...ONE, module: "_lib/two.wasm" });
  scene.write("GET:/users/[id]", {
    ...ONE,
    module: join(scene.folder.path, "functions/_lib/two.wasm"),
  });
  await scene.follow();
  assertEquals(await scene.serving("/a"), "one");
  assertEquals(await scene.serving("/a", "HEAD"), "one");
  assertEquals(await scene.serving("/a", "POST"), "two");
  assertEquals(await scene.serving("/users/7"), "two");
  assertEquals(scene.registry.matchStatic("/a", "PUT")?.fn.active?.config.methods, ["GET", "POST"]);
  scene.write("GET:/a", { ...ONE, module: "_lib/two.wasm" });
  await scene.follow();
  await until(() => preparedOf(scene.registry.matchStatic("/a")?.fn.active)?.id !== 1);
  assertEquals(await scene.serving("/a"), "two");
  scene.client.exec("DELETE FROM functions WHERE k = 'GET:/a'");
  await scene.follow();
  assertEquals(scene.routes.list().map(({ key }) => key), ["GET:/users/[id]", "POST:/a"]);
  assertEquals(scene.registry.matchStatic("/a")?.fn.active?.config.methods, ["POST"]);
});

Deno.test("a row's own names and those of a configuration file set the same limits", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/a", {
    ...ONE,
    name: "one",
    memory: 64,
    timeout: 1.5,
    limits: { fuel: 1000, output_mb: 1 },
    env: { COLOUR: "$COLOUR" },
    handler: "_start",
    abi: "cgi",
  });
  await scene.follow();
  assertEquals(await scene.serving("/a"), "one");
  const version = scene.registry.matchStatic("/a")!.fn.active!;
  const { limits, env, abi } = version.config;
  assertEquals([limits.memoryPages, limits.timeoutMs, limits.fuel], [1024, 1500, 1000]);
  assertEquals([env.COLOUR, abi], ["blue", "cgi"]);
});

Deno.test("static files and sources are served by what their row says", async () => {
  await using scene = await Scene.open({
    "functions/_lib/style.css": "p {}",
    "functions/_lib/source": "int main",
  });
  scene.write("GET:/style", { runtime: "static", module: "_lib/style.css" });
  scene.write("GET:/c", { runtime: "c", module: "_lib/source" });
  scene.write("POST:/style", { runtime: "static", module: "_lib/style.css" });
  await scene.follow();
  assertEquals(await scene.serving("/style"), "p {}");
  const version = scene.registry.matchStatic("/style")!.fn.active!;
  assertEquals(version.kind === "static" && version.contentType, "text/css; charset=utf-8");
  assertEquals(await scene.serving("/c"), "INT MAIN");
  assertEquals(await scene.serving("/style", "POST"), "invalid_config");
});

Deno.test("a row that cannot be used says why, and harms no other row", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/good", ONE);
  const bad: [unknown, unknown, RegExp][] = [
    ["GET:/json", "{", /it is not JSON/],
    ["GET:/array", "[1]", /it is JSON, but no object/],
    ["GET:/key", { ...ONE, memori: 3 }, /memori is not a known key/],
    ["GET:/runtime", { ...ONE, runtime: "cobol" }, /runtime must be one of static, native, c,/],
    ["GET:/none", {}, /runtime is missing/],
    ["GET:/nul", { ...ONE, module: "a\0b" }, /module must be a path without NUL/],
    ["GET:/missing", { ...ONE, module: "nowhere.wasm" }, /there is no such file/],
    ["GET:/folder", { ...ONE, module: "_lib" }, /there is no such file/],
    ["GET:/memory", { ...ONE, memory: 1e9 }, /memory must be an integer from 1 to 4096/],
    ["GET:/timeout", { ...ONE, timeout: -1 }, /timeout must be seconds, at most 3600/],
    ["GET:/limits", { ...ONE, memory: 1, limits: 3 }, /limits must be a table, found 3/],
    ["GET:/fuel", { ...ONE, limits: { fuel: 0 } }, /limits.fuel must be a positive integer/],
    ["GET:/methods", { ...ONE, methods: ["GET"] }, /the key names the method/],
    ["GET:/native", { ...ONE, runtime: "native" }, /is for libraries/],
    ["GET:/huge", "x".repeat(100_000), /v is too long \(100000 bytes\)/],
    ["GET:/blob", new Uint8Array([1, 0, 2]), /v must be text, found blob \(3 bytes\)/],
    [new Uint8Array([0xff, 0]), ONE, /k must be text, found blob/],
    [null, ONE, /k must be text, found null/],
    ["GET:/" + "k".repeat(3000), ONE, /k is too long/],
    ["hello", ONE, /expected METHOD:\/path/],
    ["get:/lower", ONE, /expected METHOD:\/path/],
    ["GET:/_/functions", ONE, /paths under \/_ belong to Skerry/],
    ["GET:/a//b", ONE, /no path has a segment ""/],
    ["GET:/a/../b", ONE, /no path has a segment "\.\."/],
    ["GET:/[...all]/b", ONE, /may only be the last segment/],
  ];
  for (const [key, json] of bad) scene.write(key, json);
  scene.client.exec("INSERT INTO functions VALUES ('GET:/text', CAST(x'7bff' AS TEXT), 'never')");
  await scene.follow();
  assertEquals(await scene.serving("/good"), "one");
  const rows = scene.routes.list();
  assertEquals(rows.length, bad.length + 2);
  await until(() => scene.routes.list().filter(({ error }) => error).length === bad.length + 1);
  const messages = scene.routes.list().flatMap(({ error }) => error?.message ?? []);
  for (const [, , message] of bad) {
    assertEquals(messages.some((each) => message.test(each)), true, String(message));
  }
  assertMatch(scene.row("GET:/text")?.error?.message ?? "", /not in the database's encoding/);
  const told = scene.events.filter(({ kind }) => /problem|broken/.test(kind)).length;
  assertEquals(told, bad.length + 1);
  await scene.follow();
  assertEquals(scene.events.filter(({ kind }) => /problem|broken/.test(kind)).length, told);
});

Deno.test("rows beyond the limit are reported, and not served", async () => {
  await using scene = await Scene.open(FILES);
  const rows =
    `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${MAX_ROWS})`;
  scene.client.exec(`${rows} INSERT INTO functions SELECT 'k' || i, '{}', 0 FROM n`);
  scene.write("GET:/a", ONE);
  await until(() => scene.routes.list().length === MAX_ROWS, {
    clock: scene.clock,
    timeoutMs: 60_000,
  });
  // Upper case comes first.
  assertEquals(await scene.serving("/a"), "one");
  const told = scene.events.filter((event) => {
    return event.kind === "route_problem" && /more than 100000 rows/.test(event.message);
  });
  assertEquals(told.length, 1);
});

Deno.test("of two rows for the same paths the first serves, until it goes", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/a/[x]", ONE);
  scene.write("GET:/a/[y]", { ...ONE, module: "_lib/two.wasm" });
  await scene.follow();
  assertEquals(await scene.serving("/a/1"), "one");
  assertEquals(scene.row("GET:/a/[y]")?.error?.code, "route_conflict");
  scene.client.exec("DELETE FROM functions WHERE k = 'GET:/a/[x]'");
  await scene.follow();
  assertEquals(await scene.serving("/a/1"), "two");
  assertEquals(scene.row("GET:/a/[y]")?.state, "ready");
});

Deno.test("the last good version serves while its row, or its module, is broken", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/a", ONE);
  await scene.follow();
  assertEquals(await scene.serving("/a"), "one");
  for (
    const [json, expected] of [
      ["{", "invalid_config"],
      [{ ...ONE, module: "nowhere.wasm" }, "invalid_module"],
    ] as const
  ) {
    scene.write("GET:/a", json);
    await until(() => scene.row("GET:/a")?.error?.code === expected, scene);
    assertEquals([scene.row("GET:/a")?.state, await scene.serving("/a")], ["ready", "one"]);
  }
  scene.write("GET:/a", ONE);
  await until(() => scene.row("GET:/a")?.error === undefined, scene);
  await scene.folder.write("functions/_lib/one.wasm", "broken");
  await until(() => scene.row("GET:/a")?.error?.code === "invalid_module", scene);
  assertEquals(await scene.serving("/a"), "one");
  await scene.folder.write("functions/_lib/one.wasm", "three");
  await until(() => scene.row("GET:/a")?.error === undefined, scene);
  assertEquals(await scene.serving("/a"), "three");
});

Deno.test("a module that comes after its row is served", async () => {
  await using scene = await Scene.open();
  scene.write("GET:/a", ONE);
  await until(() => scene.row("GET:/a")?.state === "broken", scene);
  await scene.folder.write("functions/_lib/one.wasm", "one");
  await until(() => scene.row("GET:/a")?.state === "ready", scene);
  assertEquals(await scene.serving("/a"), "one");
});

Deno.test("a replaced module that is in use is noticed soon, however many rows are not in use", async () => {
  const files = { ...FILES, "functions/last.wasm": "old" };
  await using scene = await Scene.open(files, { maxModules: 8 });
  scene.client.exec("BEGIN");
  for (let i = 0; i < 600; i++) scene.write(`GET:/r${i}`, ONE);
  scene.write("GET:/z", { runtime: "wasm", module: "last.wasm" });
  scene.client.exec("COMMIT");
  await until(() => scene.row("GET:/z") !== undefined, scene);
  assertEquals(await scene.serving("/z"), "old");
  await scene.folder.write("functions/last.wasm", "new");
  await scene.follow();
  assertEquals(await scene.serving("/z"), "new");
  // And what is not in use, when it is.
  await scene.folder.write("functions/_lib/one.wasm", "two");
  const unused = Array.from({ length: 600 }, (_, i) => `/r${i}`).filter((path) => {
    return scene.registry.at(path)[0]?.state === "unloaded";
  });
  let served: string | undefined;
  void scene.serving(unused.at(-1)!).then((text) => served = text);
  await until(() => served !== undefined, scene);
  assertEquals(served, "two");
  await scene.follow();
});

Deno.test("rows put and removed through the API are in the table, and answer at once", async () => {
  await using scene = await Scene.open(FILES);
  const row = valueOf(await scene.routes.put("GET:/a", JSON.stringify(ONE)));
  assertEquals([row.state, row.updated], ["ready", Math.floor(scene.clock.wallMs() / 1000)]);
  assertEquals(await scene.serving("/a"), "one");
  const stored = scene.client.prepare("SELECT * FROM functions").all();
  assertEquals(stored.map(({ k, v }) => [k, v]), [["GET:/a", JSON.stringify(ONE)]]);
  const two = JSON.stringify({ ...ONE, module: "_lib/two.wasm" });
  valueOf(await scene.routes.put("GET:/a", two));
  assertEquals(await scene.serving("/a"), "two");
  const broken = JSON.stringify({ ...ONE, module: "nowhere.wasm" });
  assertEquals(valueOf(await scene.routes.put("GET:/b", broken)).error?.code, "invalid_module");
  valueOf(await scene.routes.remove("GET:/a"));
  assertEquals(scene.registry.matchStatic("/a"), undefined);
  assertEquals(codeOf(await scene.routes.remove("GET:/a")), "route_not_found");
  assertEquals(scene.client.prepare("SELECT k FROM functions").all().length, 1);
});

Deno.test("what is put must be a row, and must not reach what the operator did not give", async () => {
  await using scene = await Scene.open(FILES);
  await symlink("/etc", join(scene.folder.path, "functions/_lib/link"));
  const reach: [string, unknown, string][] = [
    ["hello", ONE, "invalid_config"],
    ["GET:/a", {}, "invalid_config"],
    ["GET:/a", { ...ONE, env: { A: "$COLOUR" } }, "invalid_config"],
    ["GET:/a", { ...ONE, mounts: [{ host: "/", guest: "/" }] }, "invalid_config"],
    ["GET:/a", { runtime: "static", module: "/etc/passwd" }, "invalid_config"],
    ["GET:/a", { runtime: "static", module: "../data/functions.db" }, "invalid_config"],
    ["GET:/a", { runtime: "static", module: "_lib/link/passwd" }, "invalid_config"],
  ];
  for (const [key, json, expected] of reach) {
    assertEquals(codeOf(await scene.routes.put(key, JSON.stringify(json))), expected, String(json));
  }
  assertEquals(scene.routes.list(), []);
});

Deno.test("who writes for long is waited for, and reading goes on meanwhile", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/a", ONE);
  await scene.follow();
  scene.client.exec("BEGIN EXCLUSIVE");
  let result: Result<unknown, SkerryError> | undefined;
  void scene.routes.put("GET:/b", JSON.stringify(ONE)).then((settled) => result = settled);
  await scene.clock.pass(1000);
  assertEquals([result, await scene.serving("/a")], [undefined, "one"]);
  scene.client.exec("COMMIT");
  await until(() => result !== undefined, scene);
  assertEquals(result?.ok, true);
  scene.client.exec("BEGIN IMMEDIATE");
  const never = scene.routes.put("GET:/c", JSON.stringify(ONE));
  await scene.clock.pass(6000);
  assertEquals(codeOf(await never), "storage_failed");
  scene.client.exec("ROLLBACK");
});

Deno.test("a native row calls a library that the server admits, and no other", async () => {
  await using scene = await Scene.open({ "functions/_lib/a.so": "library" }, {
    admitLibrary: (path) => {
      if (!path.endsWith("/_lib/a.so")) return Promise.resolve(err("it is in no allowed folder"));
      return Promise.resolve(ok({ name: path, path, hold: () => {}, release: () => {} }));
    },
  });
  const native = { runtime: "native", module: "_lib/a.so", handler: "work", timeout: 2 };
  assertEquals(valueOf(await scene.routes.put("POST:/a", JSON.stringify(native))).state, "ready");
  const version = scene.registry.matchStatic("/a", "POST")?.fn.active;
  const target = version?.kind === "native" ? version.target : undefined;
  assertEquals([target?.functionName, target?.limits.timeoutMs], ["work", 2000]);
  await scene.folder.write("functions/_lib/b.so", "other");
  const other = JSON.stringify({ ...native, module: "_lib/b.so" });
  assertMatch(
    valueOf(await scene.routes.put("POST:/b", other)).error?.message ?? "",
    /Cannot serve POST:\/b: it is in no allowed folder/,
  );
});

Deno.test("a table that cannot be read is never written over, and the start says what to do", async () => {
  await using scene = await Scene.open(FILES);
  for (let i = 0; i < 200; i++) scene.write(`GET:/${i}`, ONE);
  scene.client.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  scene.client.close();
  await scene.registry.close();
  const good = await readFile(scene.path);
  const damage = {
    "no database": new TextEncoder().encode("not a database, but long enough to look at it"),
    cut: Uint8Array.from(good.subarray(0, 4096)),
  };
  for (const [kind, bytes] of Object.entries(damage)) {
    await writeFile(scene.path, bytes);
    const opened = await scene.start();
    assertEquals(codeOf(opened), "storage_failed", kind);
    assertMatch(opened.ok ? "" : opened.error.message, /restore it from a backup, or move it/);
    assertEquals(Uint8Array.from(await readFile(scene.path)), bytes, kind);
  }
  await rm(scene.path);
  const view = new (sqlite().DatabaseSync)(scene.path);
  view.exec("CREATE VIEW functions AS SELECT 1 AS k, 2 AS v, 3 AS updated");
  view.close();
  assertMatch(
    ((opened) => opened.ok ? "" : opened.error.message)(await scene.start()),
    /functions is not a plain table/,
  );
  await writeFile(scene.path, good);
  valueOf(await scene.start());
  assertEquals(await scene.serving("/199"), "one");
});

Deno.test("a table that another program has for itself ends the start with what to do", async () => {
  await using scene = await Scene.open(FILES);
  await scene.registry.close();
  scene.client.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  const opened = await scene.start();
  assertMatch(
    opened.ok ? "" : opened.error.message,
    /end the program that uses it, and start again/,
  );
  scene.client.exec("COMMIT");
  valueOf(await scene.start());
});

Deno.test("a table that goes, is dropped or replaced while it serves is reported, and what serves stays", async () => {
  await using scene = await Scene.open(FILES);
  const problems = () => scene.events.filter(({ kind }) => kind === "route_problem");
  scene.write("GET:/a", ONE);
  await scene.follow();
  scene.client.exec("ALTER TABLE functions RENAME TO others");
  await until(() => problems().length === 1, scene);
  assertEquals(await scene.serving("/a"), "one");
  scene.client.exec("ALTER TABLE others RENAME TO functions");
  scene.client.close();
  await scene.settled();
  await rename(scene.path, scene.path + ".away");
  await until(() => problems().length === 2, scene);
  assertEquals(await scene.serving("/a"), "one");
  assertEquals(codeOf(await scene.routes.put("GET:/b", JSON.stringify(ONE))), "storage_failed");
  await writeFile(scene.path, "not a database, but long enough to look at it");
  await until(() => problems().length === 3, scene);
  await rename(scene.path + ".away", scene.path);
  assertEquals(valueOf(await scene.routes.put("GET:/b", JSON.stringify(ONE))).state, "ready");
  await scene.settled();
  const other = new (sqlite().DatabaseSync)(join(scene.folder.path, "other.db"));
  other.exec(
    "CREATE TABLE functions (k TEXT PRIMARY KEY, v TEXT NOT NULL, updated INTEGER NOT NULL)",
  );
  other.prepare("INSERT INTO functions VALUES ('GET:/c', ?, 1)").run(JSON.stringify(ONE));
  other.close();
  await rename(join(scene.folder.path, "other.db"), scene.path);
  await until(() => scene.row("GET:/c") !== undefined, scene);
  assertEquals(scene.registry.matchStatic("/a"), undefined);
  assertEquals(await scene.serving("/c"), "one");
});

Deno.test("what was written is soon in the one file, which can be copied", async () => {
  await using scene = await Scene.open(FILES);
  scene.write("GET:/a", ONE);
  await until(() => scene.row("GET:/a") !== undefined, scene);
  await scene.settled();
  const copy = join(scene.folder.path, "copy.db");
  await writeFile(copy, await readFile(scene.path));
  const database = new (sqlite().DatabaseSync)(copy);
  assertEquals(database.prepare("SELECT k FROM functions").get()?.k, "GET:/a");
  database.close();
});
