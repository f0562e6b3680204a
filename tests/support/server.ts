import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./folder.ts";
import { Output } from "./output.ts";

/** The project's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One way to run Skerry. */
export interface Runtime {
  readonly name: string;
  /** The command line up to and including the program; a verb follows. */
  readonly command: readonly string[];
}

/** Skerry from its source, as `deno task serve` starts it. */
export const DENO_SOURCE: Runtime = {
  name: "Deno, from source",
  command: [Deno.execPath(), "run", "-A", join(ROOT, "main.ts")],
};

/** A server in a process of its own, on a free port. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything it has printed so far, both streams. */
  output(): string;
  /** Resolves when the output contains this text; rejects after 30 s. */
  printed(text: string): Promise<void>;
  kill(signal: Deno.Signal): void;
  /** Its exit, once it has ended. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Ends it and waits for that. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts `skerry serve` and resolves once it listens. Without `data` its data folder is a temporary one. */
export async function startServer(
  folder: string,
  options: {
    runtime?: Runtime;
    args?: readonly string[];
    env?: Record<string, string>;
    data?: string;
  } = {},
): Promise<ServerProcess> {
  const { runtime = DENO_SOURCE, args = [], env = {} } = options;
  const temporary = options.data === undefined ? await temporaryFolder() : undefined;
  const data = options.data ?? temporary!.path;
  const [program, ...programArgs] = runtime.command;
  const child = new Deno.Command(program!, {
    args: [...programArgs, "serve", "--port", "0", "--functions", folder, "--data", data, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output();
  const drained = Promise.all([output.collect(child.stdout), output.collect(child.stderr)]);
  const status = child.status;
  void status.then((ended) => output.end(`it ended with code ${ended.code}`));
  try {
    await output.contains("Listening on http://");
  } catch (failure) {
    await temporary?.[Symbol.asyncDispose]();
    throw failure;
  }
  const url = /Listening on (http:\/\/\S+)/.exec(output.text)![1]!;
  return {
    url,
    pid: child.pid,
    output: () => output.text,
    printed: (text) => output.contains(text),
    kill: (signal) => child.kill(signal),
    status,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await status;
      await drained;
      await temporary?.[Symbol.asyncDispose]();
    },
  };
}
