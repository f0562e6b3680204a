/**
 * The zygote: a small Deno process that forks a child for every native call. The server starts it from its
 * own entry file, with the one permission to call into libraries, and speaks to it through its standard
 * streams (see `messages.ts`).
 *
 * @module
 */
import { ForkRanges } from "./fork_ranges.ts";
import { Forker } from "./forker.ts";
import { IONBF, type Libc, openLibc, PR_SET_CHILD_SUBREAPER } from "./libc.ts";
import { Orphans } from "./orphans.ts";
import { Pipe } from "./pipe.ts";
import { ProcFiles } from "./proc_files.ts";
import { makeSlots } from "./slots.ts";
import { Supervisor } from "./supervisor.ts";

/** Below the server: a storm of calls must not slow its requests down. */
const NICE = 5;

/** Runs the zygote until the server closes its standard input, and ends the process. */
export function serveZygote(): void {
  const libc = openLibc();
  settle(libc);
  const pipe = new Pipe(libc);
  const proc = new ProcFiles(libc);
  const slots = makeSlots(libc);
  const ranges = new ForkRanges(libc, proc.read("/proc/self/maps"));
  const forker = new Forker(libc, ranges, proc);
  forker.warmUp(slots[0]!);
  const send = pipe.send.bind(pipe);
  const supervisor = new Supervisor({
    libc,
    forker,
    orphans: new Orphans(libc, proc),
    slots,
    readLines: () => pipe.readLines(),
    send,
    now: () => performance.now(),
  });
  if (send({ kind: "ready", pid: libc.getpid() })) supervisor.serve();
  libc._exit(0);
}

/** What children inherit and the terminal must not reach. */
function settle(libc: Libc): void {
  libc.setpgid(0, 0);
  libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
  libc.nice(NICE);
  libc.clearenv();
  // What a function has printed must not be lost when it crashes (RATIONALE: "Why is a native function's output unbuffered?").
  const stdout = Deno.UnsafePointer.create(
    new Deno.UnsafePointerView(libc.stdout as Deno.PointerObject).getBigUint64(),
  );
  libc.setvbuf(stdout, null, IONBF, 0n);
}
