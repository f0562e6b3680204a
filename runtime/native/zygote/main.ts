/**
 * The zygote: a small Deno process that forks a child for every native call. The server starts it with the one
 * permission to call into libraries, and speaks to it through its standard streams (see `messages.ts`).
 *
 * @module
 */
import { ForkRanges } from "./fork_ranges.ts";
import { Forker } from "./forker.ts";
import {
  cText,
  IONBF,
  type Libc,
  openLibc,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_NO_NEW_PRIVS,
  SIG_SETMASK,
  stdoutOf,
} from "./libc.ts";
import { Orphans } from "./orphans.ts";
import { Pipe } from "./pipe.ts";
import { ProcFiles } from "./proc_files.ts";
import { Slots } from "./slots.ts";
import { Supervisor } from "./supervisor.ts";

/** Below the server: a storm of calls must not slow its requests down. */
const NICE = 5;

const UMASK = 0o077;
const LAST_SIGNAL = 31;
const NO_SIGNALS = new Uint8Array(128);

/** Runs the zygote until the server closes its standard input, and ends the process. */
export function serveZygote(): void {
  const libc = openLibc();
  settle(libc);
  const pipe = new Pipe(libc);
  const proc = new ProcFiles(libc);
  const slots = new Slots(libc);
  const ranges = new ForkRanges(libc, proc.read("/proc/self/maps"));
  const forker = new Forker(libc, ranges, proc);
  forker.rehearse();
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
  // Every page that is in use is a page to copy at each fork.
  libc.malloc_trim(0n);
  if (send({ kind: "ready", pid: libc.getpid() })) supervisor.serve();
  libc._exit(0);
}

/** What children inherit and the terminal must not reach. */
function settle(libc: Libc): void {
  libc.setpgid(0, 0);
  libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n);
  libc.nice(NICE);
  libc.clearenv();
  libc.umask(UMASK);
  libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n);
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) libc.signal(signal, null);
  libc.sigprocmask(SIG_SETMASK, NO_SIGNALS, null);
  // exit() must not go on to what Deno has registered: that waits for threads which a child does not have.
  libc.on_exit(libc.dlsym(null, cText("_exit")), null);
  libc.__cxa_atexit(libc.dlsym(null, cText("fflush")), null, null);
  // What a function has printed must not be lost when it crashes (RATIONALE: "Why is a native function's output unbuffered?").
  libc.setvbuf(stdoutOf(libc), null, IONBF, 0n);
}
