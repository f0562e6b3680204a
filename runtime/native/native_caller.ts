import { unlink, writeFile } from "node:fs/promises";
import type { NativeLimitChoice, NativeTarget } from "../functions/native_function.ts";
import { readRegularFile } from "../functions/read_file.ts";
import { err, ok, type Result } from "../result.ts";
import { type AllowedFolders, codeText } from "./allowed_folders.ts";
import type { ChildRun, ChildRunner } from "./child_runner.ts";
import { MAX_WORD_BYTES, type NativeCommand } from "./command.ts";
import type { HookCall, PostHook, PreHook } from "./hooks.ts";
import type { NativeLimits } from "./limits.ts";
import { hasSucceeded, type NativeOutcome } from "./outcome.ts";
import type { OutputFiles } from "./output_files.ts";
import { binaryBytes, binaryString } from "./zygote/messages.ts";

/** What {@linkcode NativeCaller} works with. */
export interface NativeCallerOptions {
  readonly folders: AllowedFolders;
  readonly outputs: OutputFiles;
  readonly runner: Pick<ChildRunner, "run">;
  readonly limits: NativeLimits;
  readonly preHooks: readonly PreHook[];
  readonly postHooks: readonly PostHook[];
  /** Called once for every call. */
  readonly onCall: (entry: NativeCallLog) => void;
}

/** What is worth knowing of one call. */
export interface NativeCallLog {
  /** Who asked; requests over HTTP have a log of their own. */
  readonly origin: "socket" | "http";
  /** The library as it was asked for. */
  readonly library: string;
  readonly functionName: string;
  readonly outcome: NativeOutcome;
  readonly runMs: number;
  /** The beginning of what it wrote to standard error. */
  readonly stderr: Uint8Array;
  /** What post-hooks had to complain about. */
  readonly complaints: readonly string[];
}

/** A call that has ended. */
export interface NativeCallResult extends ChildRun {
  /** Absolute path of its output file; undefined if none could be made. */
  readonly output: string | undefined;
}

/** A call with its input, and what the function printed instead of a file that holds it. */
export interface NativeInputResult extends ChildRun {
  readonly stdout: Uint8Array<ArrayBuffer>;
}

const NO_BYTES = new Uint8Array(0);
const DECODER = new TextDecoder("utf-8", { fatal: true });

/** A command on its way: who asked, and where its output goes. */
interface Call {
  readonly origin: NativeCallLog["origin"];
  readonly command: NativeCommand;
  readonly output: string | undefined;
}

/** A library: the name that hooks get, and what is loaded. */
type Library = Pick<NativeTarget["library"], "name" | "path">;

/** What step 1 found. */
interface Prepared {
  /** Undefined if it did not come as far as to the hooks. */
  readonly hookCall?: HookCall;
  readonly library: Result<Library, NativeOutcome>;
}

/**
 * Calls functions of native libraries, each in a process of its own. A call has five steps, in this order, and those that
 * follow a failed one still clean up:
 *
 * 1. **pre-hooks**: the output file is made, the library is looked up, configured hooks are run;
 * 2. **load**, 3. **execute**, 4. **unload**: in a child of the zygote (`zygote/child.ts`);
 * 5. **post-hooks**: configured hooks are run, however the call ended, and it is logged.
 */
export class NativeCaller {
  readonly #options: NativeCallerOptions;

  constructor(options: NativeCallerOptions) {
    this.#options = options;
  }

  /** Runs a command and leaves what the function printed in a file. Never rejects. */
  async call(command: NativeCommand): Promise<NativeCallResult> {
    const locate = () => this.#locate(command);
    return await this.#call({ origin: "socket", command, locate, limits: this.#options.limits });
  }

  /** The same for what is no command: an output file without a call. */
  async refuse(text: string, reason: string): Promise<NativeCallResult> {
    const command = { library: text, functionName: "" };
    const locate = () => Promise.resolve(err({ kind: "refused", reason } as const));
    return await this.#call({ origin: "socket", command, locate, limits: this.#options.limits });
  }

  /** Calls a function with a file that holds `input`, and returns what it printed. No file is left behind. Never rejects. */
  async callWithInput(
    { library, functionName, limits: chosen }: NativeTarget,
    input: Uint8Array,
  ): Promise<NativeInputResult> {
    const file = await this.#writeInput(input);
    if (!file.ok) {
      return { ...failed({ kind: "unavailable", reason: file.error }), stdout: NO_BYTES };
    }
    const command = {
      library: binaryString(library.name),
      functionName: binaryString(functionName),
      file: binaryString(file.value),
    };
    const limits = chosenLimits(this.#options.limits, chosen);
    const locate = () => Promise.resolve(ok(library));
    const { output, ...run } = await this.#call({ origin: "http", command, locate, limits });
    await remove(file.value);
    if (output === undefined) return { ...run, stdout: NO_BYTES };
    const stdout = await readRegularFile(output, limits.outputBytes);
    await remove(output);
    if (stdout.ok) return { ...run, stdout: stdout.value };
    if (!hasSucceeded(run.outcome)) return { ...run, stdout: NO_BYTES };
    // The function has put something else in its place.
    const outcome = { kind: "unavailable", reason: `its output: ${stdout.error}` } as const;
    return { ...run, outcome, stdout: NO_BYTES };
  }

  async #call(
    { origin, command, locate, limits }: {
      readonly origin: Call["origin"];
      readonly command: NativeCommand;
      readonly locate: () => Promise<Result<Library, NativeOutcome>>;
      readonly limits: NativeLimits;
    },
  ): Promise<NativeCallResult> {
    const output = this.#options.outputs.create();
    if (!output.ok) {
      const run = failed({ kind: "unavailable", reason: output.error });
      return await this.#conclude({ origin, command, output: undefined }, undefined, run);
    }
    const call = { origin, command, output: output.value };
    const { library, hookCall } = await this.#preHooks(call, locate);
    const run = library.ok
      ? await this.#loadExecuteUnload(call, library.value, limits)
      : failed(library.error);
    return await this.#conclude(call, hookCall, run);
  }

  async #writeInput(input: Uint8Array): Promise<Result<string, string>> {
    const file = this.#options.outputs.create();
    if (!file.ok) return file;
    try {
      await writeFile(file.value, input);
      return file;
    } catch (error) {
      await remove(file.value);
      return err(`cannot write the input file: ${codeText(error)}`);
    }
  }

  async #locate({ library }: NativeCommand): Promise<Result<Library, NativeOutcome>> {
    const path = utf8(library);
    if (path === undefined) {
      return err({ kind: "refused", reason: "the library's path is not UTF-8" });
    }
    const real = await this.#options.folders.resolve(path);
    return real.ok ? ok({ name: real.value, path: real.value }) : real;
  }

  /** Step 1. The hooks that follow a failed one are not run. */
  async #preHooks(
    { command: { functionName, file }, output }: Call & { readonly output: string },
    locate: () => Promise<Result<Library, NativeOutcome>>,
  ): Promise<Prepared> {
    if (functionName.length > MAX_WORD_BYTES) {
      const reason = `the function's name is longer than ${MAX_WORD_BYTES} bytes`;
      return { library: err({ kind: "function_missing", reason }) };
    }
    const library = await locate();
    if (!library.ok) return { library };
    const hookCall = {
      library: library.value.name,
      functionName: utf8(functionName) ?? functionName,
      file: file === undefined ? undefined : utf8(file) ?? file,
      output,
    };
    for (const hook of this.#options.preHooks) {
      const result = await hook(hookCall);
      if (result.ok) continue;
      return { hookCall, library: err({ kind: "hook_failed", reason: result.error }) };
    }
    return { hookCall, library };
  }

  /** Steps 2 to 4. */
  #loadExecuteUnload(
    { command: { functionName, file }, output }: Call & { readonly output: string },
    { path }: Library,
    limits: NativeLimits,
  ): Promise<ChildRun> {
    const paths = { library: binaryString(path), output: binaryString(output) };
    return this.#options.runner.run({ ...paths, functionName, file, limits });
  }

  /** Step 5. */
  async #conclude(
    { origin, command, output }: Call,
    hookCall: HookCall | undefined,
    run: ChildRun,
  ): Promise<NativeCallResult> {
    const complaints = hookCall === undefined ? [] : await this.#postHooks(hookCall, run.outcome);
    this.#options.onCall({
      origin,
      library: utf8(command.library) ?? command.library,
      functionName: utf8(command.functionName) ?? command.functionName,
      ...run,
      complaints,
    });
    return { ...run, output };
  }

  async #postHooks(call: HookCall, outcome: NativeOutcome): Promise<string[]> {
    const complaints: string[] = [];
    for (const hook of this.#options.postHooks) {
      const result = await hook(call, outcome);
      if (!result.ok) complaints.push(result.error);
    }
    return complaints;
  }
}

/** A longer wall clock is of no use to a function that computes unless processor time grows with it. */
function chosenLimits(limits: NativeLimits, chosen: NativeLimitChoice): NativeLimits {
  const { timeoutMs = limits.timeoutMs, memoryMb = limits.memoryMb } = chosen;
  const { outputBytes = limits.outputBytes } = chosen;
  const cpuSeconds = chosen.timeoutMs === undefined
    ? limits.cpuSeconds
    : Math.max(limits.cpuSeconds, Math.ceil(timeoutMs / 1000));
  return { ...limits, timeoutMs, memoryMb, outputBytes, cpuSeconds };
}

function failed(outcome: NativeOutcome): ChildRun {
  return { outcome, stderr: NO_BYTES, runMs: 0 };
}

function utf8(binary: string): string | undefined {
  try {
    return DECODER.decode(binaryBytes(binary));
  } catch {
    return undefined;
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}
