/**
 * What binaryen's random modules import: they log values, throw, sleep, call references and their own exports,
 * and change their own table.
 */

import { type Callable, ownFunctions, spell, type TestHost } from "./observe.ts";

/** Calls from the host back into the module, in one run. */
const MOST_REENTRIES = 50;

/** The imports of one instance, and what was logged through them. */
export class FuzzHost implements TestHost {
  readonly log: string[] = [];
  #exports: WebAssembly.Exports = {};
  #reentries = 0;

  begin(): void {
    this.#exports = {};
    this.log.length = 0;
    this.#reentries = 0;
  }

  attach(exports: WebAssembly.Exports): void {
    this.#exports = exports;
  }

  imports(module: WebAssembly.Module): WebAssembly.Imports {
    const functions = this.#functions();
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      const known = kind === "function" ? functions[name] : this.#other(name, kind);
      if (known === undefined) throw new Error(`The module imports ${kind} ${from}.${name}`);
      (imports[from] ??= {})[name] = known as WebAssembly.ImportValue;
    }
    return imports;
  }

  #functions(): Record<string, Callable> {
    const log = (...values: unknown[]) => void this.log.push(values.map(spell).join());
    const logs = ["i32", "i64", "f32", "f64", "v128", "anyref", "funcref", "externref"];
    const table = () => this.#exports.table as WebAssembly.Table;
    return {
      ...Object.fromEntries(logs.map((type) => [`log-${type}`, log])),
      throw: (which) => raise(which as number),
      sleep: (_ms, id) => id,
      "table-get": (index) => table().get(index as number),
      "table-set": (index, value) => table().set(index as number, value),
      "call-export": (index) => this.#callExport(index as number),
      "call-export-catch": (index) => caught(() => this.#callExport(index as number)),
      "call-ref": (callee) => this.#call(callee),
      "call-ref-catch": (callee) => caught(() => this.#call(callee)),
    };
  }

  #other(name: string, kind: string): unknown {
    if (kind === "global") return /^extern/.test(name) ? "external" : 3;
    if (name === "jstag") return Reflect.get(WebAssembly, "JSTag");
    return new WebAssembly.Tag({ parameters: ["i32"] });
  }

  #callExport(index: number): void {
    const functions = ownFunctions(this.#exports);
    this.#call(functions[index % functions.length]?.[1]);
  }

  /** Does nothing once too often: an export may give the module anew what it may spend on loops. */
  #call(callee: unknown): void {
    if (this.#reentries++ < MOST_REENTRIES) (callee as Callable)();
  }
}

function caught(run: () => unknown): number {
  try {
    run();
    return 0;
  } catch (error) {
    if (error instanceof RangeError) throw error; // the stack: its depth may differ
    return 1;
  }
}

function raise(which: number): never {
  throw which === 0 ? new Error("from the host") : { thrown: which };
}
