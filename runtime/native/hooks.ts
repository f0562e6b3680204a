import { type ChildProcess, spawn } from "node:child_process";
import { err, ok, type Result } from "../result.ts";
import { sendSignal } from "../send_signal.ts";
import { codeText } from "./allowed_folders.ts";
import type { NativeOutcome } from "./outcome.ts";

/** What a hook is told of a call. */
export interface HookCall {
  /** The library's real path. */
  readonly library: string;
  readonly functionName: string;
  readonly file?: string;
  /** The output file. */
  readonly output: string;
}

/** Done before the library is loaded; an error, a few words, refuses the call. */
export type PreHook = (call: HookCall) => Promise<Result<void, string>>;

/** Done after every call whose pre-hooks began, however it ended; an error goes to the log. */
export type PostHook = (call: HookCall, outcome: NativeOutcome) => Promise<Result<void, string>>;

const TIMEOUT_MS = 10_000;
const SHOWN = 200;
/** For what a hook said last. What it has started may hold the pipe for longer, and is not waited for. */
const LAST_WORDS_MS = 100;

/** Programs at the same time; the others wait. */
const MAX_RUNNING = 64;

/** Hooks that are programs. */
export class HookPrograms {
  readonly #running = new Set<ChildProcess>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  /** A program that gets library, function, file (or "") and output file as arguments. */
  pre(program: string): PreHook {
    return ({ library, functionName, file = "", output }) =>
      this.#run(program, [library, functionName, file, output]);
  }

  /** The same after the call; the fifth argument is the kind of the outcome, e.g. `ok` or `signalled`. */
  post(program: string): PostHook {
    return ({ library, functionName, file = "", output }, { kind }) =>
      this.#run(program, [library, functionName, file, output, kind]);
  }

  /** Ends those that run. */
  stop(): void {
    for (const hook of this.#running) killGroup(hook.pid);
  }

  async #run(program: string, args: readonly string[]): Promise<Result<void, string>> {
    if (this.#taken < MAX_RUNNING) this.#taken++;
    else await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    const fault = await this.#faultOf(program, args);
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
    return fault === undefined ? ok(undefined) : err(`the hook ${program} failed: ${fault}`);
  }

  async #faultOf(program: string, args: readonly string[]): Promise<string | undefined> {
    try {
      const hook = startHook(program, args);
      this.#running.add(hook);
      const fault = await new Promise<string | undefined>((resolve) => watch(hook, resolve));
      this.#running.delete(hook);
      return fault;
    } catch (error) {
      return codeText(error);
    }
  }
}

/** In a group of its own, so that it can be ended with all that it has started. */
function startHook(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, [...args], { stdio: ["ignore", "ignore", "pipe"], detached: true });
}

/** Tells once what went wrong: what the hook said itself, or else how it ended. */
function watch(hook: ChildProcess, tell: (fault: string | undefined) => void): void {
  let said = "";
  hook.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said += text.slice(0, SHOWN - said.length);
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(hook.pid);
  }, TIMEOUT_MS);
  const end = (fault: string | undefined) => {
    clearTimeout(timer);
    hook.stderr!.destroy();
    tell(fault);
  };
  hook.on("error", (error) => end(codeText(error)));
  hook.on("exit", (code, signal) => {
    if (code === 0) return end(undefined);
    if (isLate) return end(`it ran longer than ${TIMEOUT_MS} ms`);
    const ending = code === null ? `it ended by ${signal}` : `exit status ${code}`;
    const conclude = () => end(said.trim().split("\n")[0] || ending);
    const lastWords = setTimeout(conclude, LAST_WORDS_MS);
    hook.on("close", () => {
      clearTimeout(lastWords);
      conclude();
    });
  });
}

function killGroup(pid: number | undefined): void {
  sendSignal(pid === undefined ? undefined : -pid, "SIGKILL");
}
