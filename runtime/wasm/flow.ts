import { EVENT, EventList, FLAG } from "./events.ts";
import { type Reader, refuse } from "./reader.ts";

/**
 * Follows the control flow of one function body: which blocks are open, what is dead, and which events the
 * meter must know of.
 */
export class Flow {
  readonly events = new EventList();
  /** Flat cost since the last event. In dead code it means nothing. */
  cost = 0;
  #reader!: Reader;
  /** The events that open the blocks around the current operator; none of them was dead when it opened. */
  #openers: number[] = [];
  /** 0 in live code; in dead code 1 more than the blocks opened since it became dead. */
  #dead = 0;
  /** The block named by the last label read in live code. */
  #target = 0;

  /** Begins a body whose locals have been read. */
  begin(reader: Reader): void {
    this.#reader = reader;
    this.events.count = 0;
    this.#openers.length = 0;
    this.#dead = 0;
    this.cost = 1; // every function entry
    this.open(EVENT.function, reader.pos);
  }

  get isEnded(): boolean {
    return this.#openers.length === 0;
  }

  get isDead(): boolean {
    return this.#dead > 0;
  }

  /** Records an event, unless the code is dead. */
  push(kind: number, at: number, aux: number): number {
    if (this.#dead > 0) return 0;
    const cost = this.cost;
    this.cost = 0;
    return this.events.push(kind, at, this.#reader.pos, cost, aux);
  }

  open(kind: number, at: number): void {
    if (this.#dead > 0) this.#dead++;
    else this.#openers.push(this.push(kind, at, 0));
  }

  /** Reads a label and notes these flags at the block it names. */
  label(flags: number): void {
    const nested = this.#dead === 0 ? 0 : this.#dead - 1;
    const depth = this.#reader.index(this.#openers.length + nested, "label");
    if (this.#dead > 0) return;
    this.#target = this.#openers[this.#openers.length - 1 - depth]!;
    this.events.flags[this.#target]! |= flags | FLAG.merges;
  }

  branch(at: number): void {
    this.label(0);
    this.push(EVENT.branch, at, this.#target);
    this.#die();
  }

  /** A branch that may fall through, to the label read last. */
  branchIf(at: number): void {
    this.push(EVENT.branchIf, at, this.#target);
  }

  branchTable(at: number): void {
    for (let n = this.#reader.count(); n >= 0; n--) this.label(FLAG.conditional | FLAG.table);
    this.push(EVENT.branchTable, at, 0);
    this.#die();
  }

  exit(at: number): void {
    this.push(EVENT.exit, at, 0);
    this.#die();
  }

  #die(): void {
    if (this.#dead === 0) this.#dead = 1;
  }

  else(at: number): void {
    if (this.#dead > 1) return;
    const opener = this.#innermost();
    const { kinds, flags } = this.events;
    if (kinds[opener] !== EVENT.if || flags[opener]! & FLAG.hasElse) refuse(at, "else without if");
    this.#nextArm(EVENT.else, at, FLAG.hasElse);
  }

  catch(at: number): void {
    if (this.#dead > 1) return;
    if (this.events.kinds[this.#innermost()] !== EVENT.try) refuse(at, "catch without try");
    this.#nextArm(EVENT.catch, at, FLAG.hasCatch);
    this.cost = 1; // only who comes by an exception pays for the catch
  }

  delegate(at: number): void {
    const { kinds, flags } = this.events;
    const opener = this.#innermost();
    const isOpen = kinds[opener] === EVENT.try && !(flags[opener]! & FLAG.hasCatch);
    if (this.#dead <= 1 && !isOpen) refuse(at, "delegate without try");
    this.end(at);
  }

  end(at: number): void {
    if (this.#dead > 1) {
      this.#dead--;
      return;
    }
    const opener = this.#openers.pop()!;
    const { kinds, flags } = this.events;
    const hasSkip = kinds[opener] === EVENT.if && !(flags[opener]! & FLAG.hasElse);
    const isLive = this.#dead === 0;
    if (hasSkip && isLive) flags[opener]! |= FLAG.merges;
    this.#close(EVENT.end, at, opener);
    const isJoined = kinds[opener] !== EVENT.loop && (flags[opener]! & FLAG.merges) !== 0;
    this.#dead = isLive || hasSkip || isJoined ? 0 : 1;
  }

  #innermost(): number {
    return this.#openers[this.#openers.length - 1]!;
  }

  /** Ends one arm of the innermost block and begins the next, which is live. */
  #nextArm(kind: number, at: number, flag: number): void {
    const opener = this.#innermost();
    this.#close(kind, at, opener);
    this.events.flags[opener]! |= flag | (this.#dead === 0 ? FLAG.merges : 0);
    this.#dead = 0;
  }

  /** Records an event that ends live or dead code. */
  #close(kind: number, at: number, opener: number): void {
    const isLive = this.#dead === 0;
    const cost = isLive ? this.cost : 0;
    const event = this.events.push(kind, at, this.#reader.pos, cost, opener);
    if (isLive) this.events.flags[event]! |= FLAG.live;
    this.cost = 0;
  }

  /** Marks the blocks after whose end the function ends as well; to be called when it has. */
  markTails(): void {
    const { kinds, flags, starts, ends, costs, aux, count } = this.events;
    flags[0]! |= FLAG.tail;
    for (let i = count - 2; i > 0; i--) {
      if (kinds[i] !== EVENT.end || starts[i + 1] !== ends[i] || costs[i + 1]! > 0) continue;
      const next = kinds[i + 1];
      const isTail = (flags[aux[i + 1]!]! & FLAG.tail) !== 0;
      if (isTail && (next === EVENT.end || next === EVENT.else)) flags[aux[i]!]! |= FLAG.tail;
    }
  }
}
