import { Output } from "./output.ts";
import { DENO_SOURCE, type Runtime } from "./server.ts";

/** What a process of the command line came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `skerry` to its end, in a process of its own. */
export async function skerry(
  args: readonly string[],
  options: {
    readonly runtime?: Runtime;
    readonly stdin?: string | Uint8Array;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  } = {},
): Promise<Ran> {
  const { runtime = DENO_SOURCE, stdin = "", env = {}, cwd } = options;
  const [program, ...programArgs] = runtime.command;
  const child = new Deno.Command(program!, {
    args: [...programArgs, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env,
    cwd,
  }).spawn();
  const writer = child.stdin.getWriter();
  const bytes = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
  // A program that reads nothing may have ended before.
  await writer.write(bytes).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A `skerry` that goes on until something ends it. */
export interface RunningSkerry extends AsyncDisposable {
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** Resolves when the output contains this text; rejects after 30 s, or if it ends before. */
  printed(text: string): Promise<void>;
  kill(signal: Deno.Signal): void;
  /** Its exit code, once it has ended and all it printed is read. */
  readonly code: Promise<number>;
}

/** Starts `skerry` in a process of its own. */
export function startSkerry(
  args: readonly string[],
  options: { readonly runtime?: Runtime; readonly env?: Readonly<Record<string, string>> } = {},
): RunningSkerry {
  const { runtime = DENO_SOURCE, env = {} } = options;
  const [program, ...programArgs] = runtime.command;
  const child = new Deno.Command(program!, {
    args: [...programArgs, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output();
  const drained = Promise.all([output.collect(child.stdout), output.collect(child.stderr)]);
  let hasEnded = false;
  const code = child.status.then(async (ended) => {
    hasEnded = true;
    output.end(`it ended with code ${ended.code}`);
    await drained;
    return ended.code;
  });
  return {
    output: () => output.text,
    printed: (text) => output.contains(text),
    kill: (signal) => child.kill(signal),
    code,
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill("SIGKILL");
      await drained;
    },
  };
}
