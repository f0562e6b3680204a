import { assertEquals, assertStrictEquals } from "@std/assert";
import { err, ok } from "../result.ts";
import { fakeMaker, fakeModule, FakePrepare, preparedOf } from "./testing.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import { type LoadFailure, VersionLoader } from "./version_loader.ts";

/** A loader over files in memory. */
class Scene {
  readonly fake = new FakePrepare();
  /** Made anew for each reading, because what is read is given away. */
  readonly files = new Map<string, () => Uint8Array<ArrayBuffer>>();
  readonly loader = new VersionLoader({
    folder: "functions",
    maker: fakeMaker(this.fake, { environment: (name) => name === "WHO" ? "world" : undefined }),
    readFile: (path) => {
      const read = this.files.get(path.replace("functions/", ""));
      const result = read === undefined ? err("the system answered EACCES") : ok(read());
      return Promise.resolve(result);
    },
  });

  put(file: string, text: string): void {
    this.files.set(file, () => new TextEncoder().encode(text));
  }

  load(config?: string, current?: LoadedVersion) {
    return this.loader.load({ module: "a.wasm", config }, current);
  }

  async loaded(config?: string, current?: LoadedVersion): Promise<LoadedVersion> {
    const result = await this.load(config, current);
    if (!result.ok) throw new Error(result.error.error.message);
    return result.value;
  }

  async failed(config?: string): Promise<LoadFailure> {
    const result = await this.load(config);
    if (result.ok) throw new Error("Expected a failure");
    return result.error;
  }
}

Deno.test("a module and its configuration become a version", async () => {
  const scene = new Scene();
  scene.put("a.wasm", "module");
  scene.put("a.toml", `[limits]\nmemory_mb = 1\n[env]\nWHO = "$WHO"`);
  const version = await scene.loaded("a.toml");
  assertEquals(version.config.env, { WHO: "world" });
  if (version.kind !== "module") throw new Error(`Expected a module, got ${version.kind}`);
  assertEquals(version.target.handler, "_start");
  assertEquals(version.target.limits, version.config.limits);
  assertEquals(version.target.inlineScore, 0);
  assertEquals(version.size, 6);
  assertEquals([scene.fake.calls, scene.fake.memoryPages], [["module"], [16]]);
});

Deno.test("the same content is the same version, prepared once", async () => {
  const scene = new Scene();
  scene.put("a.wasm", "module");
  const first = await scene.loaded();
  scene.put("a.wasm", "module");
  assertStrictEquals(await scene.loaded(undefined, first), first);
  scene.put("a.wasm", "other");
  const second = await scene.loaded(undefined, first);
  assertEquals(second.id === first.id, false);
  assertEquals(scene.fake.calls, ["module", "other"]);
});

Deno.test("a new configuration keeps the module, unless its memory limit is another", async () => {
  const scene = new Scene();
  scene.put("a.wasm", "module");
  scene.put("a.toml", `abi = "cgi"`);
  const first = await scene.loaded();
  const second = await scene.loaded("a.toml", first);
  assertEquals(second.config.abi, "cgi");
  assertStrictEquals(preparedOf(second), preparedOf(first));
  scene.put("a.toml", "[limits]\nmemory_mb = 1");
  const third = await scene.loaded("a.toml", second);
  assertEquals(preparedOf(third) === preparedOf(second), false);
  assertEquals(scene.fake.memoryPages, [2048, 16]);
});

Deno.test("failures carry their code, and an id that is equal for equal content", async () => {
  const scene = new Scene();
  scene.put("a.wasm", "broken 1");
  const first = await scene.failed();
  assertEquals(first.error.code, "invalid_module");
  assertEquals((await scene.failed()).contentId, first.contentId);
  scene.put("a.wasm", "broken 2");
  assertEquals((await scene.failed()).contentId === first.contentId, false);
  scene.put("a.toml", "colour = 1");
  assertEquals((await scene.failed("a.toml")).error.code, "invalid_config");
  scene.files.set("a.toml", () => Uint8Array.of(0xff));
  assertEquals((await scene.failed("a.toml")).error.message, "Cannot read a.toml: it is not UTF-8");
});

Deno.test("a broken configuration is found before the module is prepared", async () => {
  const scene = new Scene();
  scene.put("a.wasm", "module");
  scene.put("a.toml", "colour = 1");
  await scene.failed("a.toml");
  assertEquals(scene.fake.calls, []);
});

Deno.test("a file that cannot be read is named without its folder", async () => {
  const scene = new Scene();
  const message = "Cannot read a.wasm: the system answered EACCES";
  assertEquals((await scene.failed()).error, {
    code: "invalid_module",
    message,
    details: { file: "a.wasm" },
  });
  scene.put("a.wasm", "module");
  assertEquals((await scene.failed("a.toml")).error.code, "invalid_config");
});

Deno.test("bytes from a shared pool are copied before they are given away", async () => {
  const scene = new Scene();
  const pool = new TextEncoder().encode("xxmodulexx");
  scene.files.set("a.wasm", () => pool.subarray(2, 8));
  await scene.loaded();
  assertEquals(scene.fake.calls, ["module"]);
  assertEquals(new TextDecoder().decode(pool), "xxmodulexx");
});

Deno.test("a module larger than a hashing slice has the hash of all its bytes", async () => {
  const scene = new Scene();
  const text = "x".repeat(600_000);
  scene.put("a.wasm", text + "1");
  const first = await scene.loaded();
  scene.put("a.wasm", text + "2");
  assertEquals((await scene.loaded()).moduleHash === first.moduleHash, false);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text + "1"));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  assertEquals(first.moduleHash, hex.join(""));
});

Deno.test("a module without a handler is refused", async () => {
  const loader = new VersionLoader({
    folder: "functions",
    maker: fakeMaker({ prepare: () => Promise.resolve(ok(fakeModule(1, []))) }),
    readFile: () => Promise.resolve(ok(new Uint8Array(1))),
  });
  const result = await loader.load({ module: "a.wasm", config: undefined }, undefined);
  assertEquals(!result.ok && result.error.error.code, "invalid_module");
});

Deno.test("modules and configurations are read up to their limits", async () => {
  const limits: Record<string, number> = {};
  const loader = new VersionLoader({
    folder: "functions",
    maker: fakeMaker({ prepare: () => Promise.resolve(ok(fakeModule(1, []))) }),
    readFile: (path, maxBytes) => {
      limits[path] = maxBytes;
      return Promise.resolve(ok(new Uint8Array(0)));
    },
  });
  await loader.load({ module: "a.wasm", config: "a.toml" }, undefined);
  assertEquals(limits, { "functions/a.wasm": 2 ** 27, "functions/a.toml": 2 ** 16 });
});

Deno.test("a library becomes a version that is called natively, as its configuration says", async () => {
  const library = { name: "/lib/a.so", path: "/copies/1.so", hold() {}, release() {} };
  const admitted: string[] = [];
  const maker = fakeMaker(new FakePrepare(), {
    admitLibrary: (path, bytes) => {
      admitted.push(`${path}: ${new TextDecoder().decode(bytes)}`);
      return Promise.resolve(ok(library));
    },
  });
  const texts: Record<string, string> = {
    "functions/a.so": "code",
    "functions/a.toml": 'runtime = "native"\nhandler = "cat"\n[limits]\ntimeout_ms = 5',
  };
  const readFile = (path: string) => Promise.resolve(ok(new TextEncoder().encode(texts[path])));
  const loader = new VersionLoader({ folder: "functions", maker, readFile });
  const loaded = await loader.load({ module: "a.so", config: "a.toml" }, undefined);
  if (!loaded.ok) throw new Error(loaded.error.error.message);
  if (loaded.value.kind !== "native") throw new Error(`Expected a library`);
  assertEquals(admitted, ["functions/a.so: code"]);
  assertStrictEquals(loaded.value.target.library, library);
  assertEquals(loaded.value.target.functionName, "cat");
  assertEquals(loaded.value.target.limits.timeoutMs, 5);
});

Deno.test("neither a module with a native configuration nor a library without one is served", async () => {
  const texts: Record<string, string> = { "f/a.toml": 'runtime = "native"' };
  const loader = new VersionLoader({
    folder: "f",
    maker: fakeMaker(new FakePrepare()),
    readFile: (path) => Promise.resolve(ok(new TextEncoder().encode(texts[path] ?? "code"))),
  });
  const reason = async (module: string, config?: string) => {
    const loaded = await loader.load({ module, config }, undefined);
    return loaded.ok ? "it loaded" : loaded.error.error.message;
  };
  assertEquals(
    await reason("a.wasm", "a.toml"),
    'Cannot serve a.wasm: runtime "native" is for libraries (.so)',
  );
  assertEquals(
    await reason("a.so"),
    'Cannot serve a.so: a library is only called where its .toml says runtime = "native"',
  );
  assertEquals(
    await reason("a.so", "a.toml"),
    "Cannot serve a.so: native libraries are off; start the server with --native and the folder it is in",
  );
});
