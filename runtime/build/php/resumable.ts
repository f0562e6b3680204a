import { type SkerryError, skerryError } from "../../errors.ts";
import type { Snapshot } from "../../isolate/snapshot.ts";
import { err, ok, type Result } from "../../result.ts";
import { type ModuleShape, SECTION, type Section } from "../../wasm/module.ts";
import { Reader, Refusal } from "../../wasm/reader.ts";
import { readModule } from "../../wasm/sections.ts";
import { isVoid } from "../../wasm/types.ts";
import { Writer } from "../../wasm/writer.ts";
import { OP, type Operator } from "./operators.ts";
import { findSeams, type Seams } from "./seams.ts";

/** A 32-bit word of memory: unless it is 0, the first half ends where it can be gone on from. */
export const PAUSES = 12;
/** Where the halves keep the stack pointer and `main`'s locals, as words; linkers put nothing below 1024. */
const SAVED = 16;
/** The stack pointer of C. */
const STACK_POINTER = 0;
const NO_RESULT = 0x40;
/** PHP's exit code of an uncaught error. */
const FAILED = 255;

/** PHP's CGI program in two halves. */
export interface Halves {
  /** All of it, which exits with 0 before its first request if {@linkcode PAUSES} says so. */
  readonly starting: Uint8Array<ArrayBuffer>;
  /** Goes on from there, with the memory that the first half left. */
  answering(started: Snapshot): Uint8Array<ArrayBuffer>;
}

/**
 * Takes PHP's CGI program apart where it has started and its first request begins (RATIONALE: "How does PHP
 * start in a millisecond?"). The second half's `_start` reads the environment and opens directories as the
 * program did, then enters the request's loop, and it leaves without shutting PHP down. Its exit code is 255 for an
 * uncaught error, else 0: what a page passes to `exit` is no failure, on no web server.
 *
 * @returns `invalid_module` if it is not such a program
 */
export function splitProgram(module: Uint8Array): Result<Halves, SkerryError> {
  try {
    const shape = readModule(module);
    const seams = findSeams({
      bytes: module,
      sections: shape.sections,
      importedFunctions: shape.importedFunctions,
      isVoid: (index) => shape.functions[index] !== undefined && isVoid(shape.functions[index]),
    });
    const splitter = new Splitter(module, shape, seams);
    return ok({
      starting: splitter.starting(),
      answering: (started) => splitter.answering(started),
    });
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return err(skerryError("invalid_module", `Cannot use this PHP: ${thrown.reason}`));
  }
}

class Splitter {
  readonly #bytes: Uint8Array;
  readonly #shape: ModuleShape;
  readonly #seams: Seams;

  constructor(bytes: Uint8Array, shape: ModuleShape, seams: Seams) {
    this.#bytes = bytes;
    this.#shape = shape;
    this.#seams = seams;
  }

  starting(): Uint8Array<ArrayBuffer> {
    return this.#rewrite({ [SECTION.code]: (to, each) => this.#code(to, each, this.#startBody()) });
  }

  answering(started: Snapshot): Uint8Array<ArrayBuffer> {
    const { extents, memoryPages } = started;
    return this.#rewrite({
      [SECTION.memory]: (to) => {
        to.raw([1, 0]);
        to.u32(memoryPages);
      },
      [SECTION.dataCount]: (to) => to.u32(extents.length),
      [SECTION.code]: (to, each) => this.#code(to, each, this.#answerBody()),
      [SECTION.data]: (to) => writeData(to, extents),
    });
  }

  /** Copies the module but for the custom sections, which are for debuggers, and those given. */
  #rewrite(
    sections: Readonly<Record<number, (to: Writer, section: Section) => void>>,
  ): Uint8Array<ArrayBuffer> {
    const to = new Writer(this.#bytes.length);
    to.copy(this.#bytes, 0, 8);
    for (const section of this.#shape.sections) {
      if (section.id === SECTION.custom) continue;
      to.byte(section.id);
      const sized = to.open(section.end - section.start);
      const write = sections[section.id];
      if (write === undefined) to.copy(this.#bytes, section.start, section.end);
      else write(to, section);
      to.close(sized);
    }
    return to.finish();
  }

  /** Every function but `_start` as it is. */
  #code(to: Writer, { start, end }: Section, body: Writer): void {
    const { codeIndex, end: bodyEnd } = this.#seams;
    const before = new Reader(this.#bytes, start, end);
    before.count();
    for (let left = codeIndex; left > 0; left--) before.skip(before.u32());
    to.copy(this.#bytes, start, before.pos);
    to.u32(body.length);
    to.copy(body.finish(), 0, body.length);
    to.copy(this.#bytes, bodyEnd, end);
  }

  #startBody(): Writer {
    const { localsStart, loopStart, localCount, end } = this.#seams;
    const to = this.#copied(localsStart, loopStart);
    to.raw([OP.i32Const, 0, 0x28, 2, PAUSES, OP.if, NO_RESULT]);
    for (let local = 0; local < localCount; local++) {
      save(to, local + 1, [0x20, local]);
    }
    save(to, 0, [0x23, STACK_POINTER]);
    to.raw([OP.i32Const, 0, OP.call]);
    to.u32(this.#exitFunction());
    to.byte(OP.end);
    to.copy(this.#bytes, loopStart, end);
    return to;
  }

  #answerBody(): Writer {
    const seams = this.#seams;
    const { openings, mainDepth } = seams;
    const to = this.#copied(seams.localsStart, seams.codeStart);
    for (const opening of openings.slice(0, mainDepth)) this.#reopen(to, opening);
    // What comes first must leave `main`'s part of the stack alone.
    restore(to, 0, [0x24, STACK_POINTER]);
    to.copy(this.#bytes, openings[mainDepth - 1]!.end, openings[mainDepth]!.start);
    for (const opening of openings.slice(mainDepth)) this.#reopen(to, opening);
    for (let local = 0; local < seams.localCount; local++) {
      restore(to, local + 1, [0x21, local]);
    }
    restore(to, 0, [0x24, STACK_POINTER]);
    let from = seams.loopStart;
    for (const { start, end } of seams.shutdowns) {
      to.copy(this.#bytes, from, start);
      from = end;
    }
    to.copy(this.#bytes, from, seams.mainEnd);
    pushExitCode(to);
    to.copy(this.#bytes, seams.mainEnd, seams.end);
    return to;
  }

  /** Opens a block again, whose beginning is past: an `if` is one whose condition held. */
  #reopen(to: Writer, { opcode, start, end }: Operator): void {
    if (opcode === OP.if) to.raw([OP.i32Const, 1]);
    to.copy(this.#bytes, start, end);
  }

  #copied(start: number, end: number): Writer {
    const to = new Writer(this.#seams.end - this.#seams.localsStart + 256);
    to.copy(this.#bytes, start, end);
    return to;
  }

  #exitFunction(): number {
    const functions = this.#shape.imports.filter(({ kind }) => kind === "function");
    const index = functions.findIndex(({ name }) => name === "proc_exit");
    if (index === -1) throw new Refusal(0, "it does not import proc_exit");
    return index;
  }
}

/** Stores what an operator pushes. */
function save(to: Writer, word: number, push: readonly number[]): void {
  to.raw([OP.i32Const, 0, ...push, 0x36, 2, SAVED + 4 * word]);
}

/** Has an operator pop what was stored. */
function restore(to: Writer, word: number, pop: readonly number[]): void {
  to.raw([OP.i32Const, 0, 0x28, 2, SAVED + 4 * word, ...pop]);
}

/** Makes 255 or 0 of the code on the stack. */
function pushExitCode(to: Writer): void {
  to.byte(OP.i32Const);
  to.s64(FAILED);
  to.raw([0x46, OP.i32Const]);
  to.s64(FAILED);
  to.byte(0x6c);
}

function writeData(to: Writer, extents: Snapshot["extents"]): void {
  to.u32(extents.length);
  for (const { start, bytes } of extents) {
    to.raw([0, OP.i32Const]);
    to.s64(start);
    to.byte(OP.end);
    to.u32(bytes.length);
    to.copy(bytes, 0, bytes.length);
  }
}
