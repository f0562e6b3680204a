/** The build service for tests: its threads, its folder, and Go's library compiled once a machine. */
import { cp, mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Artifact } from "../../runtime/build/artifact.ts";
import { type BuildServiceOptions, createBuildService } from "../../runtime/build/build_service.ts";
import type { LanguageName } from "../../runtime/build/language.ts";
import type { SkerryError } from "../../runtime/errors.ts";
import { denoPlatform } from "../../runtime/platform/deno.ts";
import type { Result } from "../../runtime/result.ts";
import { temporaryFolder } from "./folder.ts";
import { referenceText } from "./reference_run.ts";
import { valueOf } from "./results.ts";
import { ROOT } from "./server.ts";
import { GO_HELLO } from "./toolchains.ts";

const PLATFORM = denoPlatform(pathToFileURL(join(ROOT, "main.ts")));
/** Tests of other things than time shall not depend on how busy the machine is. */
const PATIENT = { timeoutMs: 180_000, loadTimeoutMs: 600_000 };

/** A build service with threads of its own, and how to end it. */
export interface TestBuilds extends AsyncDisposable {
  build(
    language: LanguageName,
    fileName: string,
    source: string | Uint8Array<ArrayBuffer>,
  ): Promise<Result<Artifact, SkerryError>>;
}

/** Starts one with an empty cache, but for Go's library. */
export async function startBuilds(
  options: Partial<BuildServiceOptions> = {},
): Promise<TestBuilds> {
  const folder = await temporaryFolder();
  await warmGo(folder.path);
  const builds = serveBuilds(folder.path, options);
  return {
    build: builds.build,
    async [Symbol.asyncDispose]() {
      builds.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/**
 * Fills a server's cache folder with what Go compiled of its library in an earlier test, if there was one: half
 * a minute of two processors otherwise, for each server that builds Go.
 */
export async function warmGo(cacheFolder: string): Promise<void> {
  const shared = join(tmpdir(), "skerry-test-go");
  await mkdir(shared, { recursive: true });
  using lock = await Deno.open(join(shared, "lock"), { create: true, write: true });
  await lock.lock(true);
  const isGo = (name: string) => /^go\d/.test(name);
  if (!(await readdir(shared)).some(isGo)) {
    const { build, stop } = serveBuilds(shared, {});
    valueOf(await build("go", "hello.go", GO_HELLO));
    stop();
  }
  for (const name of (await readdir(shared)).filter(isGo)) {
    await cp(join(shared, name), join(cacheFolder, name), { recursive: true });
  }
}

/** What a built program prints. */
export async function outputOf(artifact: Artifact): Promise<string> {
  if (artifact.kind !== "module" || typeof artifact.module === "string") return "";
  return await referenceText(artifact.module);
}

function serveBuilds(cacheFolder: string, options: Partial<BuildServiceOptions>) {
  const service = createBuildService({
    spawn: () => PLATFORM.spawnWorker("builder"),
    cacheFolder,
    environment: (name) => Deno.env.get(name),
    ...PATIENT,
    ...options,
  });
  const build: TestBuilds["build"] = (language, fileName, source) => {
    const bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
    return service.build(language, { fileName, bytes });
  };
  return { build, stop: service.stop };
}
