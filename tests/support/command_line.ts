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
