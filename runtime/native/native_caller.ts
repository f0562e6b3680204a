import { readFile, unlink, writeFile } from "node:fs/promises";
import { err, type Result } from "../result.ts";
import type { AllowedFolders } from "./allowed_folders.ts";
import type { ChildRun, ChildRunner } from "./child_runner.ts";
import type { NativeCommand } from "./command.ts";
import type { HookCall, PostHook, PreHook } from "./hooks.ts";
import type { NativeLimits } from "./limits.ts";
import type { NativeOutcome } from "./outcome.ts";
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

/** A call for HTTP: what the function printed, instead of a file that holds it. */
export interface NativeBodyResult extends ChildRun {
  readonly stdout: Uint8Array<ArrayBuffer>;
}

const NO_BYTES = new Uint8Array(0);
const DECODER = new TextDecoder("utf-8", { fatal: true });

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
  async call(command: NativeCommand, limits = this.#options.limits): Promise<NativeCallResult> {
    const output = await this.#options.outputs.create();
    const call = { command, output: output.ok ? output.value : undefined };
    if (!output.ok) {
      return this.#conclude(call, undefined, failed({ kind: "unavailable", reason: output.error }));
    }
    const prepared = await this.#preHooks(command, output.value);
    const run = prepared.outcome === undefined
      ? await this.#loadExecuteUnload(command, prepared.hookCall!, limits)
      : failed(prepared.outcome);
    return await this.#conclude(call, prepared.hookCall, run);
  }

  /** The same for what is no command: an output file without a call. */
  async refuse(text: string, reason: string): Promise<NativeCallResult> {
    const output = await this.#options.outputs.create();
    const command = { library: text, functionName: "" };
    const outcome: NativeOutcome = output.ok
      ? { kind: "refused", reason }
      : { kind: "unavailable", reason: output.error };
    const call = { command, output: output.ok ? output.value : undefined };
    return await this.#conclude(call, undefined, failed(outcome));
  }

  /**
   * Calls a function with a file that holds these bytes, and returns what it printed. No file is left behind.
   *
   * @param library A path; relative ones begin at the server's working directory.
   */
  async callWithBody(
    { library, functionName, body, limits }: {
      readonly library: string;
      readonly functionName: string;
      readonly body: Uint8Array;
      readonly limits?: NativeLimits;
    },
  ): Promise<NativeBodyResult> {
    const input = await this.#writeInput(body);
    if (!input.ok) {
      return { ...failed({ kind: "unavailable", reason: input.error }), stdout: NO_BYTES };
    }
    const command = {
      library: binaryString(library),
      functionName: binaryString(functionName),
      file: binaryString(input.value),
    };
    const { output, ...run } = await this.call(command, limits);
    await remove(input.value);
    const stdout = output === undefined ? NO_BYTES : await readFile(output).catch(() => NO_BYTES);
    if (output !== undefined) await remove(output);
    return { ...run, stdout: new Uint8Array(stdout) };
  }

  async #writeInput(body: Uint8Array): Promise<Result<string, string>> {
    const input = await this.#options.outputs.create();
    if (!input.ok) return input;
    try {
      await writeFile(input.value, body);
      return input;
    } catch (error) {
      await remove(input.value);
      return err(`cannot write the input file: ${(error as { code?: string }).code}`);
    }
  }

  /** Step 1. The hooks that follow a failed one are not run. */
  async #preHooks(
    { library, functionName, file }: NativeCommand,
    output: string,
  ): Promise<{ readonly hookCall?: HookCall; readonly outcome?: NativeOutcome }> {
    const path = utf8(library);
    if (path === undefined) {
      return { outcome: { kind: "refused", reason: "the library's path is not UTF-8" } };
    }
    const resolved = await this.#options.folders.resolve(path);
    if (!resolved.ok) return { outcome: resolved.error };
    const hookCall = {
      library: resolved.value,
      functionName: utf8(functionName) ?? functionName,
      file: file === undefined ? undefined : utf8(file) ?? file,
      output,
    };
    for (const hook of this.#options.preHooks) {
      const result = await hook(hookCall);
      if (!result.ok) return { hookCall, outcome: { kind: "hook_failed", reason: result.error } };
    }
    return { hookCall };
  }

  /** Steps 2 to 4. */
  #loadExecuteUnload(
    { functionName, file }: NativeCommand,
    { library, output }: HookCall,
    limits: NativeLimits,
  ): Promise<ChildRun> {
    const paths = { library: binaryString(library), output: binaryString(output) };
    return this.#options.runner.run({ ...paths, functionName, file, limits });
  }

  /** Step 5. */
  async #conclude(
    { command, output }: { readonly command: NativeCommand; readonly output: string | undefined },
    hookCall: HookCall | undefined,
    run: ChildRun,
  ): Promise<NativeCallResult> {
    const complaints = hookCall === undefined ? [] : await this.#postHooks(hookCall, run.outcome);
    this.#options.onCall({
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
