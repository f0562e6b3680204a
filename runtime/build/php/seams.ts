import { SECTION, type Section } from "../../wasm/module.ts";
import { Reader, Refusal } from "../../wasm/reader.ts";
import { OP, type Operator, operators } from "./operators.ts";

/** Where the function `_start` can be taken apart; offsets are the module's. */
export interface Seams {
  /** Its place in the code section, from 0. */
  readonly codeIndex: number;
  /** Where the declaration of its locals begins, its code begins, and both end. */
  readonly localsStart: number;
  readonly codeStart: number;
  readonly end: number;
  readonly localCount: number;
  /** Openings of the blocks around the request's loop, outermost first. */
  readonly openings: readonly Operator[];
  /** Which of these begins `main`, which the compiler put in here. */
  readonly mainDepth: number;
  readonly loopStart: number;
  readonly loopEnd: number;
  readonly mainEnd: number;
  /** Calls that give nothing and take nothing behind the loop: the shutting down of PHP. */
  readonly shutdowns: readonly Operator[];
}

/** What the loop asks its environment for before anything else does. */
const LANDMARK = new TextEncoder().encode("SCRIPT_FILENAME\0");
const I32 = 0x7f;

/** What of a module the search needs to know. */
export interface SeamScope {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly importedFunctions: number;
  /** Whether the function of this index takes and gives nothing. */
  isVoid(index: number): boolean;
}

/**
 * Finds the loop in which PHP's CGI program answers requests. It is the one that looks for
 * `SCRIPT_FILENAME`; before it PHP is started, behind it PHP is shut down. Throws a `Refusal` if there is
 * no such loop.
 */
export function findSeams(scope: SeamScope): Seams {
  const codeIndex = startIndex(scope) - scope.importedFunctions;
  const body = bodyOf(scope, codeIndex);
  const localsStart = body.pos;
  const localCount = readLocals(body);
  const codeStart = body.pos;
  const search = new LoopSearch(landmarkAddress(scope), scope);
  for (const operator of operators(body)) search.visit(operator);
  return { codeIndex, localsStart, codeStart, end: body.end, localCount, ...search.found() };
}

class LoopSearch {
  readonly #landmark: number;
  readonly #scope: SeamScope;
  readonly #open: Operator[] = [];
  readonly #shutdowns: Operator[] = [];
  #openings: readonly Operator[] | undefined;
  #loopEnd = 0;
  #mainEnd = 0;

  constructor(landmark: number, scope: SeamScope) {
    this.#landmark = landmark;
    this.#scope = scope;
  }

  visit(operator: Operator): void {
    const { opcode, operand } = operator;
    if (opcode >= OP.block && opcode <= OP.if) this.#open.push(operator);
    else if (opcode === OP.end) this.#close(operator.end);
    else if (opcode === OP.i32Const && operand === this.#landmark) this.#mark();
    else if (opcode === OP.call && this.#isBehindLoop() && this.#scope.isVoid(operand)) {
      this.#shutdowns.push(operator);
    }
  }

  found() {
    const openings = this.#openings ?? refused("it has no loop for requests");
    const mainDepth = openings.findIndex(isMain);
    if (mainDepth < 1) return refused("its main is a function of its own");
    return {
      openings: openings.slice(0, -1),
      mainDepth,
      loopStart: openings.at(-1)!.start,
      loopEnd: this.#loopEnd,
      mainEnd: this.#mainEnd,
      shutdowns: this.#shutdowns,
    };
  }

  /** Only the first mention counts. */
  #mark(): void {
    const depth = this.#open.findLastIndex(({ opcode }) => opcode === OP.loop);
    this.#openings ??= this.#open.slice(0, depth + 1);
  }

  #close(end: number): void {
    const closed = this.#open.pop();
    if (this.#openings === undefined || closed === undefined) return;
    if (closed === this.#openings.at(-1)) this.#loopEnd = end;
    if (closed === this.#openings.find(isMain)) this.#mainEnd = end;
  }

  #isBehindLoop(): boolean {
    return this.#loopEnd > 0 && this.#mainEnd === 0;
  }
}

/** `main` gives a number, its exit code; nothing around it does. */
function isMain({ operand }: Operator): boolean {
  return operand === I32;
}

function startIndex({ bytes, sections }: SeamScope): number {
  const reader = readerOf(bytes, sections, SECTION.export);
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.u32();
    if (name === "_start" && kind === 0) return index;
  }
  return refused("it exports no _start");
}

function bodyOf({ bytes, sections }: SeamScope, index: number): Reader {
  const reader = readerOf(bytes, sections, SECTION.code);
  reader.count();
  for (let left = index; left > 0; left--) reader.skip(reader.u32());
  return reader.slice(reader.u32());
}

function readLocals(reader: Reader): number {
  let count = 0;
  for (let left = reader.count(); left > 0; left--) {
    count += reader.u32();
    if (reader.byte() !== I32) return refused("its _start has locals of other types");
  }
  return count;
}

function landmarkAddress({ bytes, sections }: SeamScope): number {
  const reader = readerOf(bytes, sections, SECTION.data);
  for (let left = reader.count(); left > 0; left--) {
    if (reader.byte() !== 0 || reader.byte() !== OP.i32Const) break;
    const address = reader.s33();
    if (reader.byte() !== OP.end) break;
    const segment = reader.slice(reader.u32());
    const found = indexOf(bytes.subarray(segment.pos, segment.end), LANDMARK);
    if (found !== -1) return address + found;
  }
  return refused("it does not mention SCRIPT_FILENAME");
}

function indexOf(haystack: Uint8Array, needle: Uint8Array): number {
  let at = haystack.indexOf(needle[0]!);
  while (at !== -1 && !needle.every((byte, i) => haystack[at + i] === byte)) {
    at = haystack.indexOf(needle[0]!, at + 1);
  }
  return at;
}

function readerOf(bytes: Uint8Array, sections: readonly Section[], id: number): Reader {
  const section = sections.find((each) => each.id === id) ?? refused(`it has no section ${id}`);
  return new Reader(bytes, section.start, section.end);
}

function refused(reason: string): never {
  throw new Refusal(0, reason);
}
