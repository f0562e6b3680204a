import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { sendSignal } from "../send_signal.ts";
import { endLeftovers } from "./leftovers.ts";
import { ZYGOTE_PROGRAM } from "./zygote_program.ts";

/** A zygote as the server sees it: lines in, lines out, until it ends. */
export interface Zygote {
  send(line: string): void;
  onLine(handler: (line: string) => void): void;
  /** Called once; `reason` says why it ended, or why it never began. */
  onExit(handler: (reason: string) => void): void;
  /** Ends it, and with it every child it has. @param pid Its own id, if it has said it. */
  kill(pid: number | undefined): void;
  /** Asks it to end its children and itself, and kills it if it does not. Resolves when nothing of it is left. */
  close(pid: number | undefined): Promise<void>;
}

/** What the process is called in listings. */
const NAME = "skerry-native-zygote";

/** All that it may do: call into libraries. */
const PERMISSIONS = ["--no-prompt", "--allow-ffi"];
/** What keeps the process small: each page of it is copied at every fork. */
const SMALL = [
  "--no-config",
  "--no-lock",
  "--no-code-cache",
  "--v8-flags=--single-threaded,--max-semi-space-size=1",
];
/** By which Deno is found, and what it looks up itself before it runs anything. The zygote then forgets them. */
const PASSED_ON = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"];
const STDERR_KEPT = 2000;
/** How long a zygote may take to end its children. */
const END_WITHIN_MS = 1000;

let started = 0;

/**
 * Starts a zygote.
 *
 * @param program The Deno binary.
 */
export function spawnZygote(program: string): Zygote {
  const mark = `${NAME}-${process.pid}-${++started}`;
  const child = spawn(program, [
    "run",
    "--quiet",
    ...SMALL,
    ...PERMISSIONS,
    ZYGOTE_PROGRAM,
    mark,
    // In a session of its own, by which what it leaves behind is found.
  ], { env: zygoteEnvironment(), stdio: ["pipe", "pipe", "pipe"], detached: true });
  // Writing to one that has just ended fails; that it has ended is told by `exit`.
  child.stdin!.on("error", () => {});
  const isGone = new Promise<void>((resolve) => {
    child.on("error", () => resolve());
    child.on("exit", () => resolve(endLeftovers({ session: child.pid!, mark })));
  });
  return {
    send: (line) => void child.stdin!.write(line + "\n"),
    onLine: (handler) => {
      let rest = "";
      child.stdout!.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) handler(line);
      });
    },
    onExit: (handler) => whenEnded(child, program, handler),
    kill: (pid) => kill(child, pid),
    async close(pid) {
      child.stdin!.end();
      const timer = setTimeout(() => kill(child, pid), END_WITHIN_MS);
      await isGone;
      clearTimeout(timer);
    },
  };
}

function whenEnded(child: ChildProcess, program: string, handler: (reason: string) => void): void {
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(0, STDERR_KEPT);
  });
  let isTold = false;
  const tell = (reason: string) => {
    if (!isTold) handler(reason);
    isTold = true;
  };
  child.on("error", (error: Error) => tell(startFailure(error, program)));
  child.on("exit", (code, signal) => {
    const words = stderr.trim().replace(/\s+/g, " ");
    tell(`it ended with ${signal ?? `code ${code}`}${words === "" ? "" : `: ${words}`}`);
  });
}

function startFailure(error: Error, program: string): string {
  if ((error as { code?: string }).code !== "ENOENT") return error.message;
  return `it needs Deno, and there is no program "${program}"; install it (npm install -g deno), ` +
    "or name its binary in SKERRY_DENO";
}

function zygoteEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** `deno` on the path may be npm's script around the binary, so the zygote's own id is better than the child's. */
function kill(child: ChildProcess, pid: number | undefined): void {
  sendSignal(pid, "SIGKILL");
  child.kill("SIGKILL");
}
