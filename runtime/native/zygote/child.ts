/**
 * What a child of the zygote does: everything from here on runs in the process that one call has to itself, with no event
 * loop, no other thread, and as few allocations as can be (RATIONALE: "Why does the native path fork?").
 *
 * @module
 */
import { binaryBytes, type ChildRequest, stageNumber } from "./messages.ts";
import {
  cString,
  cText,
  type Libc,
  O_WRONLY,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  RLIMIT,
  RTLD_NOW,
  SIG_SETMASK,
  SIGKILL,
  SYS_CLOSE_RANGE,
} from "./libc.ts";
import type { Slot } from "./slots.ts";

/** A request as the child needs it, made ready before the fork. */
export interface ChildPlan {
  readonly library: Uint8Array<ArrayBuffer>;
  readonly functionName: Uint8Array<ArrayBuffer>;
  /** Kept so that the memory behind `filePointer` stays. */
  readonly file: Uint8Array<ArrayBuffer> | undefined;
  readonly filePointer: Deno.PointerValue;
  readonly output: Uint8Array<ArrayBuffer>;
  /** Resource and the two values of its limit. */
  readonly rlimits: readonly (readonly [resource: number, limit: BigUint64Array<ArrayBuffer>])[];
  readonly stderr: number;
  readonly slot: Slot;
}

/** @param addressSpaceBytes What the zygote's process has mapped. */
export function childPlan(
  { library, functionName, file, output, limits }: ChildRequest,
  { addressSpaceBytes, stderr, slot }: {
    readonly addressSpaceBytes: number;
    readonly stderr: number;
    readonly slot: Slot;
  },
): ChildPlan {
  const bytes = file === undefined ? undefined : cString(binaryBytes(file));
  const memoryBytes = addressSpaceBytes + limits.memoryMb * 1024 * 1024;
  return {
    library: cString(binaryBytes(library)),
    functionName: cString(binaryBytes(functionName)),
    file: bytes,
    filePointer: bytes === undefined ? null : Deno.UnsafePointer.of(bytes),
    output: cString(binaryBytes(output)),
    rlimits: [
      // The second more lets a handler of SIGXCPU end well before SIGKILL comes.
      [RLIMIT.cpu, BigUint64Array.of(BigInt(limits.cpuSeconds), BigInt(limits.cpuSeconds + 1))],
      [RLIMIT.fileSize, both(limits.outputBytes)],
      [RLIMIT.core, both(0)],
      [RLIMIT.processes, both(limits.processes)],
      [RLIMIT.openFiles, both(limits.openFiles)],
      [RLIMIT.memory, both(memoryBytes)],
    ],
    stderr,
    slot,
  };
}

function both(limit: number): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.of(BigInt(limit), BigInt(limit));
}

const SIGNATURE = { parameters: ["pointer"], result: "void" } as const;
const LAST_SIGNAL = 31;
const NO_SIGNALS = new Uint8Array(128);
const ALL_DESCRIPTORS = 0xffff_ffff;
const FIRST_OTHER_DESCRIPTOR = 3;
const UMASK = 0o077;

const LOADING = stageNumber("loading");
const LOADED = stageNumber("loaded");
const EXECUTING = stageNumber("executing");
const UNLOADING = stageNumber("unloading");
const DONE = stageNumber("done");

/** The library's side of the five steps of a call (see `native_caller.ts`), and what must be right before them. */
export class Child {
  readonly #libc: Libc;
  readonly #zygotePid: number;
  readonly #devNull: number;
  readonly #exitPointer: Deno.PointerValue;
  readonly #flushPointer: Deno.PointerValue;

  constructor(libc: Libc, devNull: number) {
    this.#libc = libc;
    this.#devNull = devNull;
    this.#zygotePid = libc.getpid();
    this.#exitPointer = libc.dlsym(null, cText("_exit"));
    this.#flushPointer = libc.dlsym(null, cText("fflush"));
  }

  /** Runs a call and ends the process. */
  run(plan: ChildPlan): void {
    try {
      this.#isolate(plan);
      const library = this.load(plan);
      const called = library !== null && this.execute(plan, library);
      if (library !== null) this.unload(plan, library);
      if (called) plan.slot.note(DONE);
    } finally {
      // Whatever is thrown here must not become a second zygote.
      this.#libc._exit(0);
    }
  }

  /** Loads the library; its constructors run here. */
  load(plan: ChildPlan): Deno.PointerValue {
    plan.slot.note(LOADING);
    const library = this.#libc.dlopen(plan.library, RTLD_NOW);
    if (library === null) plan.slot.fail("load_failed", this.#libc.dlerror());
    else plan.slot.note(LOADED);
    return library;
  }

  /** Finds the function and calls it. Returns whether there was one. */
  execute(plan: ChildPlan, library: Deno.PointerObject): boolean {
    const pointer = this.#libc.dlsym(library, plan.functionName);
    if (pointer === null) {
      plan.slot.fail("function_missing", this.#libc.dlerror());
      return false;
    }
    // A function without parameters leaves the register alone.
    const fn = new Deno.UnsafeFnPointer(pointer as Deno.PointerObject<typeof SIGNATURE>, SIGNATURE);
    plan.slot.note(EXECUTING);
    fn.call(plan.filePointer);
    plan.slot.note(UNLOADING);
    this.#libc.fflush(null);
    return true;
  }

  /** Unloads the library; its destructors run here. */
  unload(_plan: ChildPlan, library: Deno.PointerObject): void {
    this.#libc.dlclose(library);
    this.#libc.fflush(null);
  }

  /** Cuts the ties to the zygote: process group, signals, descriptors, rights, and sets the limits. */
  #isolate(plan: ChildPlan): void {
    const libc = this.#libc;
    libc.setpgid(0, 0);
    libc.prctl(PR_SET_PDEATHSIG, BigInt(SIGKILL), 0n, 0n, 0n);
    // It may have died before that.
    if (libc.getppid() !== this.#zygotePid) libc._exit(0);
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n);
    for (let signal = 1; signal <= LAST_SIGNAL; signal++) libc.signal(signal, null);
    libc.sigprocmask(SIG_SETMASK, NO_SIGNALS, null);
    libc.umask(UMASK);
    this.#redirect(plan);
    for (const [resource, limit] of plan.rlimits) libc.setrlimit(resource, limit);
    // exit() must not go on to what Deno has registered: that waits for threads which are not here.
    libc.on_exit(this.#exitPointer, null);
    libc.__cxa_atexit(this.#flushPointer, null, null);
  }

  #redirect(plan: ChildPlan): void {
    const libc = this.#libc;
    const output = libc.open(plan.output, O_WRONLY, 0);
    if (output < 0) {
      plan.slot.fail("setup_failed", null);
      libc._exit(1);
    }
    libc.dup2(this.#devNull, 0);
    libc.dup2(output, 1);
    libc.dup2(plan.stderr, 2);
    const first = BigInt(FIRST_OTHER_DESCRIPTOR);
    const result = libc.syscall(BigInt(SYS_CLOSE_RANGE), first, BigInt(ALL_DESCRIPTORS), 0n);
    if (Number(result) === 0) return;
    // Linux before 5.9.
    for (let fd = FIRST_OTHER_DESCRIPTOR; fd < 1024; fd++) libc.close(fd);
  }
}
