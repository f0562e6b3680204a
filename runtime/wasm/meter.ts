import { type Added, ADDED_FUNCTION, ADDED_GLOBAL } from "./added.ts";
import { EVENT, type EventList, FLAG } from "./events.ts";
import { I32, I64, OP, VOID } from "./op.ts";
import { Reader } from "./reader.ts";
import { STATE } from "./reserved.ts";
import { MOST_UNITS } from "./operands.ts";
import type { Scanner } from "./scan.ts";
import type { FunctionType } from "./types.ts";
import type { Writer } from "./writer.ts";

/** Where the fuel counter is: in the function's local, in the global, or the same in both. */
const IN_LOCAL = 1;
const IN_GLOBAL = 2;
const IN_BOTH = 3;

/** More than this does not stay pending: a sum of constants must not pass what an i64 or a double holds. */
const MOST_PENDING = 2 ** 31;

/** What the meter is told once for a module. */
export interface MeterOptions {
  readonly input: Uint8Array;
  readonly added: Added;
  /** False leaves fuel out; everything else stays. */
  readonly metered: boolean;
  /** For each function type of several results, the index of the added type `() -> results`. */
  readonly wrapperTypes: ReadonlyMap<FunctionType, number>;
}

/**
 * Writes function bodies with charges in them.
 *
 * At every place the counter is known as "local or global, plus a constant" (`#where`, `#pending`), so that
 * straight-line code costs nothing: the constant is added where control joins or leaves. The global is
 * written only where Wasmtime writes its own (calls, returns, `unreachable`, throws), so that a trap
 * anywhere else loses what it loses there. See "How is fuel counted?" in RATIONALE.md.
 */
export class Meter {
  #writer: Writer;
  #options: MeterOptions;
  #events!: EventList;
  #fuel: number;
  #local = 0;
  #scratchI32 = 0;
  #scratchI64 = 0;
  #where = IN_BOTH;
  #pending = 0;
  /** Input up to here has been copied. */
  #copied = 0;
  #isWrapped = false;
  /** The events that open the blocks around the current one. */
  #openers: number[] = [];

  constructor(writer: Writer, options: MeterOptions) {
    this.#writer = writer;
    this.#options = options;
    this.#fuel = options.added.globals + ADDED_GLOBAL.fuel;
  }

  /** Writes the body last scanned. */
  write(scanner: Scanner, type: FunctionType): void {
    this.#events = scanner.events;
    this.#writeLocals(scanner);
    this.#copied = scanner.operands.localsEnd;
    this.#isWrapped = this.#options.metered &&
      (this.#events.flags[0]! & FLAG.conditional) !== 0;
    if (this.#options.metered) this.#enterFunction(type);
    const { count, starts } = this.#events;
    this.#openers.length = 1;
    this.#openers[0] = 0;
    for (let event = 1; event < count; event++) {
      this.#copyTo(starts[event]!);
      this.#pending += this.#events.costs[event]!;
      if (this.#options.metered) this.#charge(event);
      this.#guard(event);
    }
    this.#copyTo(this.#events.ends[count - 1]!);
  }

  #writeLocals(scanner: Scanner): void {
    const { metered, input } = this.#options;
    const groups = Number(metered) + Number(scanner.needsI32) + Number(scanner.needsI64);
    const { localCount, localGroups, localGroupsStart, localsEnd } = scanner.operands;
    this.#writer.u32(localGroups + groups);
    this.#writer.copy(input, localGroupsStart, localsEnd);
    let index = localCount;
    const declare = (type: number): number => {
      this.#writer.byte(1);
      this.#writer.byte(type);
      return index++;
    };
    if (metered) this.#local = declare(I64);
    if (scanner.needsI32) this.#scratchI32 = declare(I32);
    if (scanner.needsI64) this.#scratchI64 = declare(I64);
  }

  /** Loads the counter and checks it, the entry's cost of 1 included; that cost itself is left pending. */
  #enterFunction(type: FunctionType): void {
    this.#globalGet(this.#fuel);
    this.#localOp(OP.local_tee, this.#local);
    this.#trapIfAtLeast(-1, () => this.#call(ADDED_FUNCTION.outOfFuelAtEntry));
    this.#where = IN_BOTH;
    this.#pending = this.#events.costs[0]!;
    if (this.#isWrapped) this.#openWrapper(type);
  }

  /**
   * A conditional branch out of the function would have to store the counter even when it is not taken. So
   * the body is put into a block: such branches then end up behind it, where the counter is stored.
   */
  #openWrapper(type: FunctionType): void {
    this.#writer.byte(OP.block);
    const wrapperType = this.#options.wrapperTypes.get(type);
    if (wrapperType !== undefined) this.#writer.s64(wrapperType);
    else if (type.results.length === 0) this.#writer.byte(VOID);
    else this.#writer.copy(this.#options.input, type.resultStart, type.resultEnd);
  }

  #charge(event: number): void {
    const { kinds, aux } = this.#events;
    switch (kinds[event]) {
      case EVENT.block:
      case EVENT.try:
      case EVENT.tryTable:
        this.#openers.push(event);
        return;
      case EVENT.loop:
        return this.#enterLoop(event);
      case EVENT.if:
        return this.#enterIf(event);
      case EVENT.else:
      case EVENT.catch:
        return this.#nextArm(event);
      case EVENT.end:
        return this.#leaveBlock(event);
      case EVENT.branch:
      case EVENT.branchIf:
        return this.#settleFor(aux[event]!);
      case EVENT.branchTable:
        return this.#settleForTable(event);
      case EVENT.exit:
        return this.#toGlobal();
      case EVENT.call:
        this.#toGlobal();
        this.#where = IN_GLOBAL;
        return;
      case EVENT.chargeI32:
      case EVENT.chargeI64:
        return this.#chargeUnits(kinds[event] === EVENT.chargeI64);
      case EVENT.check:
        this.#toLocal(this.#pending > MOST_PENDING ? 0 : this.#pending);
        return this.#check();
    }
  }

  /** What is done whether or not fuel is counted. */
  #guard(event: number): void {
    const { kinds, aux } = this.#events;
    const { added } = this.#options;
    switch (kinds[event]) {
      case EVENT.dirty:
        return this.#setDirty();
      case EVENT.grow:
        this.#writer.byte(OP.call);
        this.#writer.u32(added.functions + ADDED_FUNCTION.count + aux[event]!);
        this.#copied = this.#events.ends[event]!;
        return;
      case EVENT.allocate:
        this.#i32Const(aux[event]!);
        return this.#call(ADDED_FUNCTION.allocate);
      case EVENT.allocateArray:
        this.#localOp(OP.local_tee, this.#scratchI32);
        this.#localOp(OP.local_get, this.#scratchI32);
        this.#i32Const(aux[event]!);
        return this.#call(ADDED_FUNCTION.allocateArray);
    }
  }

  #enterLoop(event: number): void {
    this.#openers.push(event);
    this.#settleFor(event);
    this.#copyTo(this.#events.ends[event]!);
    if (this.#isStoredAt(event)) {
      this.#where = IN_GLOBAL;
      this.#toLocal(0);
    } else {
      this.#where = IN_LOCAL;
    }
    this.#check();
  }

  /**
   * An `if` without `else` joins with what was before it, so there what is pending stays pending and the arm
   * pays for itself alone: to skip it costs nothing.
   */
  #enterIf(event: number): void {
    this.#openers.push(event);
    const flags = this.#events.flags[event]!;
    if (!(flags & FLAG.hasElse) && flags & FLAG.merges) this.#settleFor(event);
    this.#events.enterWhere[event] = this.#where;
    this.#events.enterPending[event] = this.#pending;
  }

  #nextArm(event: number): void {
    const opener = this.#events.aux[event]!;
    const isLive = this.#events.flags[event]! & FLAG.live;
    const isCatch = this.#events.kinds[event] === EVENT.catch;
    if (isLive) this.#settleFor(opener);
    // A throw has stored the counter; the local may be an older one.
    this.#where = isCatch ? IN_GLOBAL : this.#events.enterWhere[opener]!;
    this.#pending = isCatch ? 0 : this.#events.enterPending[opener]!;
  }

  #leaveBlock(event: number): void {
    this.#openers.pop();
    const { kinds, flags, aux } = this.#events;
    const opener = aux[event]!;
    const isLive = (flags[event]! & FLAG.live) !== 0;
    const isJoined = kinds[opener] !== EVENT.loop && (flags[opener]! & FLAG.merges) !== 0;
    if (isJoined) {
      if (isLive) this.#settleFor(opener);
      this.#where = this.#isStoredAt(opener) ? IN_GLOBAL : IN_LOCAL;
      this.#pending = this.#isStoredAt(opener) ? 0 : this.#events.bases[opener]!;
    } else if (!isLive && kinds[opener] === EVENT.if) {
      this.#where = this.#events.enterWhere[opener]!;
      this.#pending = this.#events.enterPending[opener]!;
    }
    if (opener === 0) this.#leaveFunction(isLive || isJoined);
  }

  #leaveFunction(isReachable: boolean): void {
    if (this.#isWrapped) this.#writer.byte(OP.end);
    if (isReachable) this.#toGlobal();
  }

  /** Whether whoever goes to the label of this block leaves the counter in the global, nothing pending. */
  #isStoredAt(opener: number): boolean {
    const flags = this.#events.flags[opener]!;
    if (flags & FLAG.catches) return true;
    const kind = this.#events.kinds[opener];
    if (kind === EVENT.function && !this.#isWrapped) return true;
    if (kind === EVENT.loop || !(flags & FLAG.tail) || flags & FLAG.conditional) return false;
    return kind !== EVENT.if || (flags & FLAG.hasElse) !== 0;
  }

  /**
   * Brings the counter to where the label of this block expects it. What is pending there is what was pending
   * at the first edge to it, so that this one costs nothing: often it leaves a loop.
   */
  #settleFor(opener: number): void {
    if (this.#isStoredAt(opener)) return this.#toGlobal();
    const { bases, flags } = this.#events;
    if (Number.isNaN(bases[opener])) {
      const isOneOfMany = flags[opener]! & FLAG.table;
      bases[opener] = isOneOfMany ? 0 : this.#pending;
    }
    this.#toLocal(bases[opener]!);
  }

  /** Every label that a table names expects the same, which is why nothing is ever pending at these. */
  #settleForTable(event: number): void {
    const { starts, ends } = this.#events;
    const reader = new Reader(this.#options.input, starts[event]! + 1, ends[event]!);
    let needsGlobal = false;
    this.#toLocal(0);
    for (let n = reader.u32(); n >= 0; n--) {
      const opener = this.#openers[this.#openers.length - 1 - reader.u32()]!;
      if (this.#isStoredAt(opener)) needsGlobal = true;
      this.#events.bases[opener] = 0;
    }
    if (needsGlobal) this.#toGlobal();
  }

  /** Puts the counter into the local, but for `base`, which stays pending. */
  #toLocal(base: number): void {
    const delta = this.#pending - base;
    if (this.#where !== IN_GLOBAL && delta === 0) return;
    this.#counterPlus(delta);
    this.#localOp(OP.local_set, this.#local);
    this.#where = delta === 0 ? IN_BOTH : IN_LOCAL;
    this.#pending = base;
  }

  /** Puts the counter into the global, as Wasmtime does where control may leave the function. */
  #toGlobal(): void {
    if (this.#where !== IN_LOCAL && this.#pending === 0) return;
    this.#counterPlus(this.#pending);
    this.#writer.byte(OP.global_set);
    this.#writer.u32(this.#fuel);
    this.#where = this.#pending === 0 ? IN_BOTH : IN_GLOBAL;
    this.#pending = 0;
  }

  #chargeUnits(is64: boolean): void {
    const scratch = is64 ? this.#scratchI64 : this.#scratchI32;
    this.#localOp(OP.local_tee, scratch);
    this.#counterPlus(0);
    this.#localOp(OP.local_get, scratch);
    if (is64) this.#clamp(scratch);
    else this.#writer.byte(OP.i64_extend_i32_u);
    this.#writer.byte(OP.i64_add);
    this.#localOp(OP.local_set, this.#local);
    this.#where = IN_LOCAL;
    this.#check();
  }

  #clamp(scratch: number): void {
    this.#i64Const(MOST_UNITS);
    this.#localOp(OP.local_get, scratch);
    this.#i64Const(MOST_UNITS);
    this.#writer.byte(OP.i64_lt_u);
    this.#writer.byte(OP.select);
  }

  /** Traps if the fuel is used up. The local holds the counter, but for what is pending. */
  #check(): void {
    this.#localOp(OP.local_get, this.#local);
    this.#trapIfAtLeast(-this.#pending, () => {
      this.#counterPlus(this.#pending);
      this.#call(ADDED_FUNCTION.outOfFuel);
    });
  }

  /** Pushes the counter plus a constant. */
  #counterPlus(constant: number): void {
    if (this.#where === IN_GLOBAL) this.#globalGet(this.#fuel);
    else this.#localOp(OP.local_get, this.#local);
    if (constant === 0) return;
    this.#i64Const(constant);
    this.#writer.byte(OP.i64_add);
  }

  /**
   * Runs out of fuel if the counter on the stack is at least this. That the call never returns is said, so
   * that V8 keeps it out of loops, where it would cost registers and unrolling (a matrix product took twice
   * as long without).
   */
  #trapIfAtLeast(bound: number, outOfFuel: () => void): void {
    this.#i64Const(bound);
    this.#writer.byte(OP.i64_ge_s);
    this.#writer.byte(OP.if);
    this.#writer.byte(VOID);
    outOfFuel();
    this.#writer.byte(OP.unreachable);
    this.#writer.byte(OP.end);
  }

  #setDirty(): void {
    const state = this.#options.added.globals + ADDED_GLOBAL.state;
    this.#globalGet(state);
    this.#i32Const(STATE.dirty);
    this.#writer.byte(OP.i32_or);
    this.#writer.byte(OP.global_set);
    this.#writer.u32(state);
  }

  #call(which: number): void {
    this.#writer.byte(OP.call);
    this.#writer.u32(this.#options.added.functions + which);
  }

  #globalGet(global: number): void {
    this.#writer.byte(OP.global_get);
    this.#writer.u32(global);
  }

  #localOp(opcode: number, local: number): void {
    this.#writer.byte(opcode);
    this.#writer.u32(local);
  }

  #i32Const(value: number): void {
    this.#writer.byte(OP.i32_const);
    this.#writer.s64(value);
  }

  #i64Const(value: number): void {
    this.#writer.byte(OP.i64_const);
    this.#writer.s64(value);
  }

  #copyTo(end: number): void {
    if (end > this.#copied) this.#writer.copy(this.#options.input, this.#copied, end);
    this.#copied = end;
  }
}
