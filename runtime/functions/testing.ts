import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Build } from "../build/language.ts";
import { skerryError } from "../errors.ts";
import type { Prepare } from "../isolate/prepare.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import { EMPTY_INFO, EMPTY_MODULE } from "../isolate/testing.ts";
import { err, ok } from "../result.ts";
import { FakeClock } from "../testing_clock.ts";
import type { ExportInfo } from "../wasm/module_info.ts";
import { EngineCache } from "./engine_cache.ts";
import type { FunctionVersion } from "./served_function.ts";
import { VersionMaker, type VersionMakerOptions } from "./version_maker.ts";

/** A clock that starts well after now, so that files just written are old. */
export function laterClock(): FakeClock {
  return new FakeClock(Date.now() + 60_000);
}

/** Waits for a condition, looking again and again; throws if it does not come about. */
export async function until(
  condition: () => boolean,
  options: { readonly clock?: FakeClock; readonly timeoutMs?: number } = {},
): Promise<void> {
  const deadlineMs = Date.now() + (options.timeoutMs ?? 10_000);
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`Waited in vain for: ${condition}`);
    await options.clock?.pass(50);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A temporary folder; `await using` removes it. */
export class TempFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one with these files in it. */
  static async make(files: Readonly<Record<string, string>> = {}): Promise<TempFolder> {
    const folder = new TempFolder(await mkdtemp(join(tmpdir(), "skerry-functions-")));
    for (const [file, content] of Object.entries(files)) await folder.write(file, content);
    return folder;
  }

  async write(file: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.path, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(join(this.path, from), join(this.path, to));
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.path, file), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A prepared module with these exports that cannot run. */
export function fakeModule(id: number, exports: readonly ExportInfo[]): PreparedModule {
  return { ...EMPTY_MODULE, id, info: { ...EMPTY_INFO, exports } };
}

/** The export every command has. */
export const START: ExportInfo = { name: "_start", kind: "function", signature: "() -> ()" };

/**
 * A stand-in for `prepare`: any text is a module that exports `_start`, unless it begins with `broken`.
 * `calls` lists the texts in order; while `gate` is set, calls wait for it.
 */
export class FakePrepare {
  readonly calls: string[] = [];
  readonly memoryPages: number[] = [];
  gate: Promise<void> | undefined;

  readonly prepare: Prepare = async (bytes, { memoryPages }) => {
    const text = new TextDecoder().decode(bytes);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    this.memoryPages.push(memoryPages);
    const id = this.calls.push(text);
    await this.gate;
    if (text.startsWith("broken")) {
      return err(skerryError("invalid_module", `Cannot run a module of ${text.length} bytes`));
    }
    return ok(fakeModule(id, [START]));
  };
}

/** A maker on a fake `prepare`; a source's build is its upper-cased text, unless it begins with `broken`. */
export function fakeMaker(
  fake: Pick<FakePrepare, "prepare">,
  options: Partial<VersionMakerOptions> = {},
): VersionMaker {
  return new VersionMaker({
    prepare: fake.prepare,
    build: fakeBuild,
    engines: new EngineCache(() => Promise.reject(new Error("not called")), fake.prepare),
    environment: () => undefined,
    ...options,
  });
}

/** HTML is static; other sources are modules of their upper-cased text, or `build_failed` if they begin with `broken`. */
export const fakeBuild: Build = (language, { fileName, bytes }) => {
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith("broken")) {
    const diagnostics = [{ severity: "error", message: "broken", file: fileName, line: 1 }];
    const message = `Cannot build ${fileName}: line 1: broken`;
    return Promise.resolve(err(skerryError("build_failed", message, { diagnostics })));
  }
  if (language === "html") {
    return Promise.resolve(ok({ kind: "static", contentType: "text/html", body: bytes }));
  }
  const module = new TextEncoder().encode(text.toUpperCase());
  return Promise.resolve(ok({ kind: "module", module }));
};

/** The module behind a version that runs one. */
export function preparedOf(version: FunctionVersion | undefined): PreparedModule | undefined {
  return version?.kind === "module" ? version.target.prepared : undefined;
}

/** Makes a named pipe. */
export async function makePipe(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  if (!success) throw new Error(`Cannot make the pipe ${path}`);
}
