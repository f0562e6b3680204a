/**
 * What a child of the zygote does: everything from here on runs in the process that one call has to itself, with no event
 * loop, no other thread, and as few allocations as can be (RATIONALE: "Why does Deno fork?").
 *
 * @module
 */
import {
  type Libc,
  O_WRONLY,
  POLLIN,
  PR_SET_PDEATHSIG,
  RTLD_NOW,
  SIGKILL,
  SIGPIPE,
  stdoutOf,
} from "./libc.ts";
import { stageNumber } from "./messages.ts";
import type { Slot } from "./slots.ts";

/** What a child is given at its fork. */
export interface ChildPlan {
  /** What it is to do is filled in by the time that it is told to go. */
  readonly slot: Slot;
  readonly stderr: number;
  /** A `struct pollfd` of the descriptor that becomes readable then. */
  readonly go: Uint8Array<ArrayBuffer>;
}

/** @param go Becomes readable when the slot is filled in. */
export function childPlan(slot: Slot, stderr: number, go: number): ChildPlan {
  return { slot, stderr, go: new Uint8Array(Int32Array.of(go, POLLIN).buffer) };
}

const CLOSE_FROM = 3;
const LAST_DESCRIPTOR = 0xffff_ffff;
/** Where there is no `close_range` (glibc before 2.34). */
const LAST_LIKELY_DESCRIPTOR = 1023;

const LOADING = stageNumber("loading");
const LOADED = stageNumber("loaded");
const EXECUTING = stageNumber("executing");
const UNLOADING = stageNumber("unloading");
const OUTPUT_LOST = stageNumber("output_lost");
const DONE = stageNumber("done");

/** What `dlopen` returns is a `struct link_map`: where the library was loaded, its name, where its dynamic section is. */
const LINK_MAP_WORDS = 3;
const DYNAMIC_SECTION = 2;
/** `Dl_info`: the name of the object at an address, where that was loaded, the nearest symbol and its address. */
const INFO_WORDS = 4;
const LOADED_AT = 1;

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
  readonly #stdout: Deno.PointerValue;
  readonly #linkMap = new BigUint64Array(LINK_MAP_WORDS);
  readonly #functionInfo = new BigUint64Array(INFO_WORDS);
  readonly #libraryInfo = new BigUint64Array(INFO_WORDS);

  constructor(libc: Libc, devNull: number) {
    this.#libc = libc;
    this.#devNull = devNull;
    this.#stdout = stdoutOf(libc);
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
    const { slot } = plan;
    this.#isolate(slot, place);
    while (this.#libc.poll(plan.go, 1n, -1) !== 1);
    this.#redirect(plan, place);
    for (const { resource, limit } of slot.rlimits) this.#libc.setrlimit(resource, limit);
    const library = this.load(slot);
    if (library === null) return;
    const called = this.execute(slot, library);
    this.unload(library);
    if (called) slot.note(this.#libc.ferror(this.#stdout) === 0 ? DONE : OUTPUT_LOST);
  }

  /** Loads the library; its constructors run here. */
  load(slot: Slot): Deno.PointerValue {
    slot.note(LOADING);
    const library = this.#libc.dlopen(slot.library, RTLD_NOW);
    if (library === null) slot.fail("load_failed", this.#libc.dlerror());
    else slot.note(LOADED);
    return library;
  }

  /** Finds the function and calls it. Returns whether there was one. */
  execute(slot: Slot, library: Deno.PointerObject): boolean {
    const fn = this.#libc.dlsym(library, slot.functionName);
    if (fn === null) {
      slot.fail("function_missing", this.#libc.dlerror());
      return false;
    }
    if (!this.#isOwn(fn, library)) {
      slot.fail("function_missing", null);
      return false;
    }
    slot.note(EXECUTING);
    this.#call(fn, slot.file);
    slot.note(UNLOADING);
    this.#libc.fflush(null);
    return true;
  }

  /** Whether a function is this library's: `dlsym` also finds those of the libraries that it needs, such as `system`. */
  #isOwn(fn: Deno.PointerObject, library: Deno.PointerObject): boolean {
    const libc = this.#libc;
    libc.memcpy(this.#linkMap, library, BigInt(this.#linkMap.byteLength));
    const isFound = libc.dladdr(fn, this.#functionInfo) !== 0 &&
      libc.dladdr_of_word(this.#linkMap[DYNAMIC_SECTION]!, this.#libraryInfo) !== 0;
    return isFound && this.#functionInfo[LOADED_AT] === this.#libraryInfo[LOADED_AT];
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

  /** Cuts the ties to the zygote: process group, shared memory. */
  #isolate(slot: Slot, place: ChildPlace): void {
    const libc = this.#libc;
    libc.setpgid(0, 0);
    libc.prctl(PR_SET_PDEATHSIG, place.deathSignal, 0n, 0n, 0n);
    // It may have died before that.
    if (libc.getppid() !== place.parentPid) libc._exit(0);
    libc.signal(SIGPIPE, null);
    for (const { start, length } of slot.others) libc.munmap(start, length);
  }

  /** Gives it its standard streams, and closes all other descriptors. */
  #redirect({ slot, stderr }: ChildPlan, place: ChildPlace): void {
    const libc = this.#libc;
    const output = libc.open(slot.output, O_WRONLY, 0);
    if (output < 0) {
      slot.fail("setup_failed", null);
      libc._exit(1);
    }
    libc.dup2(this.#devNull, place.stdin);
    libc.dup2(output, place.stdout);
    libc.dup2(stderr, place.stderr);
    libc.close(output);
    const { close_range } = libc;
    if (close_range !== null && close_range(place.closeFrom, LAST_DESCRIPTOR, 0) === 0) return;
    for (let fd = place.closeFrom; fd <= LAST_LIKELY_DESCRIPTOR; fd++) libc.close(fd);
  }
}
