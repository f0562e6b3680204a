/** A program of the tests in a process of its own, and the lines it prints. */
export interface LineProcess extends AsyncDisposable {
  /** Resolves with its next line; rejects if it ends before. */
  line(): Promise<string>;
  signal(signal: Deno.Signal): void;
  /** Ends it at once, whatever it is doing; does nothing if it has ended. */
  kill(): Promise<void>;
}

/** Starts a program of the tests. */
export function startProgram(file: string, args: readonly string[]): LineProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", file, ...args],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let hasEnded = false;
  const status = child.status.then((ended) => {
    hasEnded = true;
    return ended;
  });
  let printed = "";
  const kill = async () => {
    if (!hasEnded) child.kill("SIGKILL");
    await status;
    await output.cancel();
  };
  return {
    async line() {
      for (;;) {
        const end = printed.indexOf("\n");
        if (end !== -1) {
          const line = printed.slice(0, end);
          printed = printed.slice(end + 1);
          return line;
        }
        const { value, done } = await output.read();
        if (done) throw new Error(`${file} ended with code ${(await status).code}`);
        printed += value;
      }
    },
    signal: (signal) => child.kill(signal),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
