import { assertEquals, assertMatch } from "@std/assert";
import type { EngineName } from "../build/artifact.ts";
import { skerryError } from "../errors.ts";
import { err } from "../result.ts";
import { DEFAULT_CONFIG } from "./config_file.ts";
import { EngineCache } from "./engine_cache.ts";
import { VersionMaker } from "./version_maker.ts";

/** A maker whose engines are missing: whoever gets that far was not refused for its configuration. */
function newMaker(): VersionMaker {
  const missing = () => Promise.resolve(err(skerryError("toolchain_missing", "No engine")));
  return new VersionMaker({
    prepare: missing,
    build: missing,
    engines: new EngineCache(missing, missing),
    environment: () => undefined,
  });
}

const MOUNTS = [{ hostPath: "/data", guestPath: "/data", isReadOnly: true }];

async function codeOf(engine: EngineName, config: object): Promise<string> {
  const artifact = { kind: "module", module: engine } as const;
  const made = await newMaker().prepare(artifact, { ...DEFAULT_CONFIG, ...config });
  return made.ok ? "ok" : made.error.code;
}

Deno.test("Directories for a function whose language would not see them are an error, not silence", async () => {
  const engines = ["python", "quickjs", "php"] as const;
  const codes = await Promise.all(engines.map((each) => codeOf(each, { mounts: MOUNTS })));
  assertEquals(codes, ["invalid_config", "invalid_config", "toolchain_missing"]);
  assertEquals(await codeOf("python", {}), "toolchain_missing");
});

Deno.test("Locks and logs are for every language with files; JavaScript has none", async () => {
  const coord = { locks: ["*"], logs: ["*"] };
  const artifact = { kind: "module", module: "quickjs" } as const;
  const config = { ...DEFAULT_CONFIG, coord };
  const made = await newMaker().prepare(artifact, config as typeof DEFAULT_CONFIG);
  assertMatch(made.ok ? "" : made.error.message, /^Cannot grant \[coord\]/);
  assertEquals(await codeOf("python", { coord }), "toolchain_missing");
});
