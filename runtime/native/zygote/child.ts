/**
 * What a child of the zygote does: everything from here on runs in the process that one call has to itself, with no event
 * loop, no other thread, and as few allocations as can be (RATIONALE: "Why does Deno fork?").
 *
 * @module
 */
import { binaryBytes, type ChildRequest, stageNumber } from "./messages.ts";
import {
  cString,
  type Libc,
  O_WRONLY,
  PR_SET_PDEATHSIG,
  RLIMIT,
  RTLD_NOW,
  SIGKILL,
  SIGPIPE,
} from "./libc.ts";
import type { MemoryRange, Slot } from "./slots.ts";

/** A resource by its number, and the two values of its limit. */
export interface ResourceLimit {
  readonly resource: number;
  readonly limit: BigUint64Array<ArrayBuffer>;
}

/** A request as the child needs it, made ready before the fork. */
export interface ChildPlan {
  readonly library: Uint8Array<ArrayBuffer>;
  readonly functionName: Uint8Array<ArrayBuffer>;
  /** Kept so that the memory behind `filePointer` stays. */
  readonly file: Uint8Array<ArrayBuffer> | undefined;
  readonly filePointer: Deno.PointerValue;
  readonly output: Uint8Array<ArrayBuffer>;
  readonly rlimits: readonly ResourceLimit[];
  readonly stderr: number;
  readonly slot: Slot;
  /** Memory to unmap: the other slots. */
  readonly others: readonly MemoryRange[];
}

/** @param addressSpaceBytes What the zygote's process has mapped. */
export function childPlan(
  { library, functionName, file, output, limits }: ChildRequest,
  { addressSpaceBytes, ...rest }:
    & { readonly addressSpaceBytes: number }
    & Pick<ChildPlan, "stderr" | "slot" | "others">,
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
      resourceLimit(RLIMIT.cpu, limits.cpuSeconds, limits.cpuSeconds + 1),
      resourceLimit(RLIMIT.fileSize, limits.outputBytes),
      resourceLimit(RLIMIT.core, 0),
      resourceLimit(RLIMIT.processes, limits.processes),
      resourceLimit(RLIMIT.openFiles, limits.openFiles),
      resourceLimit(RLIMIT.memory, memoryBytes),
    ],
    ...rest,
  };
}

function resourceLimit(resource: number, soft: number, hard = soft): ResourceLimit {
  return { resource, limit: BigUint64Array.of(BigInt(soft), BigInt(hard)) };
}

const CLOSE_FROM = 3;
const LAST_DESCRIPTOR = 0xffff_ffff;
/** Where there is no `close_range` (glibc before 2.34). */
const LAST_LIKELY_DESCRIPTOR = 1023;

const LOADING = stageNumber("loading");
const LOADED = stageNumber("loaded");
const EXECUTING = stageNumber("executing");
const UNLOADING = stageNumber("unloading");
const DONE = stageNumber("done");

/** What differs between a child and the rehearsals in the zygote. */
export interface ChildPlace {
  readonly parentPid: number;
  readonly deathSignal: bigint;
  /** Become the standard streams. */
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /** From this descriptor on, all are closed. */
  readonly closeFrom: number;
  /** Called with 0 when all is done: `_exit`. */
  readonly end: Deno.PointerValue;
}

/** The place of every child. */
export function childPlace(zygotePid: number, exit: Deno.PointerValue): ChildPlace {
  return {
    parentPid: zygotePid,
    deathSignal: BigInt(SIGKILL),
    stdin: 0,
    stdout: 1,
    stderr: 2,
    closeFrom: CLOSE_FROM,
    end: exit,
  };
}

/** The library's side of the five steps of a call (see `native_caller.ts`), and what must be right before them. */
export class Child {
  readonly #libc: Libc;
  readonly #devNull: number;

  constructor(libc: Libc, devNull: number) {
    this.#libc = libc;
    this.#devNull = devNull;
  }

  /** What follows a fork, in both processes: the child goes through its call and ends. */
  follow(pid: number, plan: ChildPlan, place: ChildPlace): void {
    if (pid !== 0) return;
    try {
      this.#run(plan, place);
    } catch {
      // Whatever was thrown must not become a second zygote.
    }
    this.#call(place.end, null);
  }

  #run(plan: ChildPlan, place: ChildPlace): void {
    this.#isolate(plan, place);
    const library = this.load(plan);
    if (library === null) return;
    const called = this.execute(plan, library);
    this.unload(library);
    if (called) plan.slot.note(DONE);
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
    const fn = this.#libc.dlsym(library, plan.functionName);
    if (fn === null) {
      plan.slot.fail("function_missing", this.#libc.dlerror());
      return false;
    }
    plan.slot.note(EXECUTING);
    this.#call(fn, plan.filePointer);
    plan.slot.note(UNLOADING);
    this.#libc.fflush(null);
    return true;
  }

  /** Unloads the library; its destructors run here. */
  unload(library: Deno.PointerObject): void {
    this.#libc.dlclose(library);
    this.#libc.fflush(null);
  }

  /**
   * Calls a function by its pointer. Searching one element compares it once, so this is `fn(argument, argument)`: by the
   * machine's conventions a function takes the parameters that it has, and leaves the others alone. Deno's own way to
   * call a pointer touches many more pages of memory, each of which is copied for the child.
   */
  #call(fn: Deno.PointerValue, argument: Deno.PointerValue): void {
    this.#libc.bsearch(argument, argument, 1n, 1n, fn);
  }

  /** Cuts the ties to the zygote: process group, shared memory, descriptors, and sets the limits. */
  #isolate(plan: ChildPlan, place: ChildPlace): void {
    const libc = this.#libc;
    libc.setpgid(0, 0);
    libc.prctl(PR_SET_PDEATHSIG, place.deathSignal, 0n, 0n, 0n);
    // It may have died before that.
    if (libc.getppid() !== place.parentPid) libc._exit(0);
    libc.signal(SIGPIPE, null);
    for (const { start, length } of plan.others) libc.munmap(start, length);
    this.#redirect(plan, place);
    for (const { resource, limit } of plan.rlimits) libc.setrlimit(resource, limit);
  }

  #redirect(plan: ChildPlan, place: ChildPlace): void {
    const libc = this.#libc;
    const output = libc.open(plan.output, O_WRONLY, 0);
    if (output < 0) {
      plan.slot.fail("setup_failed", null);
      libc._exit(1);
    }
    libc.dup2(this.#devNull, place.stdin);
    libc.dup2(output, place.stdout);
    libc.dup2(plan.stderr, place.stderr);
    libc.close(output);
    const { close_range } = libc;
    if (close_range !== null && close_range(place.closeFrom, LAST_DESCRIPTOR, 0) === 0) return;
    for (let fd = place.closeFrom; fd <= LAST_LIKELY_DESCRIPTOR; fd++) libc.close(fd);
  }
}
