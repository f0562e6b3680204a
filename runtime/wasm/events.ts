/** What happens at a place in a function body that the meter must know of. */
export const EVENT = {
  /** The body's beginning: the label of the function itself. Always event 0. */
  function: 0,
  block: 1,
  loop: 2,
  if: 3,
  else: 4,
  /** Legacy `try`. */
  try: 5,
  tryTable: 6,
  catch: 7,
  /** `end` or `delegate`. */
  end: 8,
  branch: 9,
  /** A branch that may fall through. */
  branchIf: 10,
  branchTable: 11,
  /** Leaves the function or the flow: return, tail call, throw, `unreachable`. */
  exit: 12,
  call: 13,
  /** A bulk operation whose length, an i32, is on top of the stack. */
  chargeI32: 14,
  /** The same with an i64. */
  chargeI64: 15,
  /** A place where exhaustion is checked without a charge. */
  check: 16,
  /** `memory.grow`; the aux is the memory. */
  grow: 17,
  /** Tables or segments are about to change. */
  dirty: 18,
  /** The aux is the bytes of an object about to be made. */
  allocate: 19,
  /** The aux is the bytes of each element of an array about to be made, its length on top of the stack. */
  allocateArray: 20,
} as const;

/** Facts about a label, kept with the event that opens it, or about the end of a block. */
export const FLAG = {
  hasElse: 1,
  /** Some branch that may fall through, or a `br_table`, goes here. */
  conditional: 2,
  table: 4,
  /** A `try_table` sends exceptions here. */
  catches: 8,
  /** Control joins here from more than the block's own end. */
  merges: 16,
  /** Only ends of blocks lie between the end of this block and the end of the function. */
  tail: 32,
  /** On `else`, `catch` and `end`: control falls into it from above. */
  live: 64,
  /** Legacy `try` with a handler. */
  hasCatch: 128,
} as const;

/**
 * The events of one function body in order, as parallel arrays that are used again for the next function.
 * Dead code has no events but those that end it.
 */
export class EventList {
  count = 0;
  kinds = new Uint8Array(INITIAL);
  flags = new Uint8Array(INITIAL);
  /** Where the operator begins, and where it ends, in the input. */
  starts = new Int32Array(INITIAL);
  ends = new Int32Array(INITIAL);
  /** Flat cost of everything since the event before, this operator included. */
  costs = new Float64Array(INITIAL);
  /** The event that opens the block ended or branched to; for others see {@linkcode EVENT}. */
  aux = new Int32Array(INITIAL);
  /** The meter's notes on a block: its counter's place when control entered, as `#where` and `#pending` are. */
  enterWhere = new Uint8Array(INITIAL);
  enterPending = new Float64Array(INITIAL);
  /** What is pending at the block's label; NaN until the first edge to it decides. */
  bases = new Float64Array(INITIAL);

  /** Appends an event and returns its number. */
  push(kind: number, start: number, end: number, cost: number, aux: number): number {
    if (this.count === this.kinds.length) this.#grow();
    const i = this.count++;
    this.kinds[i] = kind;
    this.flags[i] = 0;
    this.starts[i] = start;
    this.ends[i] = end;
    this.costs[i] = cost;
    this.aux[i] = aux;
    this.bases[i] = NaN;
    return i;
  }

  #grow(): void {
    const capacity = this.kinds.length * 2;
    this.kinds = enlarged(this.kinds, new Uint8Array(capacity));
    this.flags = enlarged(this.flags, new Uint8Array(capacity));
    this.starts = enlarged(this.starts, new Int32Array(capacity));
    this.ends = enlarged(this.ends, new Int32Array(capacity));
    this.costs = enlarged(this.costs, new Float64Array(capacity));
    this.aux = enlarged(this.aux, new Int32Array(capacity));
    this.enterWhere = enlarged(this.enterWhere, new Uint8Array(capacity));
    this.enterPending = enlarged(this.enterPending, new Float64Array(capacity));
    this.bases = enlarged(this.bases, new Float64Array(capacity));
  }
}

const INITIAL = 1024;

function enlarged<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
