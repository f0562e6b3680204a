/** A WASI command without Skerry: the least host that lets it print. What Skerry costs is measured against this. */

const SUCCESS = 0;

/** The names of what a module imports; read once, for all of its instances. */
export function importNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.imports(module).map(({ name }) => name);
}

/** An instance whose `_start` can be called, and put back by hand. */
export class BareCommand {
  /** Calls the module, and nothing else. */
  readonly start: () => void;
  readonly #memory: WebAssembly.Memory;
  #snapshot = new Uint8Array(0);
  /** Where the last `fd_write` found its vectors, and how many. */
  #vectors = 0;
  #count = 0;

  constructor(module: WebAssembly.Module, names: readonly string[]) {
    const { exports } = new WebAssembly.Instance(module, this.#imports(names));
    this.start = exports._start as () => void;
    this.#memory = exports.memory as WebAssembly.Memory;
  }

  /** Keeps the memory as it is now. */
  snapshot(): void {
    this.#snapshot = new Uint8Array(this.#memory.buffer.slice());
  }

  /** Puts the memory back to the snapshot: wasi-libc's `_start` refuses to run twice. */
  restore(): void {
    new Uint8Array(this.#memory.buffer).set(this.#snapshot);
  }

  /** What the last run wrote, of programs that write once. */
  printed(): string {
    const view = new DataView(this.#memory.buffer);
    let text = "";
    for (let at = this.#vectors; at < this.#vectors + this.#count * 8; at += 8) {
      const [pointer, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      text += new TextDecoder().decode(new Uint8Array(this.#memory.buffer, pointer, length));
    }
    return text;
  }

  /** Calls other than `fd_write` succeed and do nothing. */
  #imports(names: readonly string[]): WebAssembly.Imports {
    const calls: Record<string, (...args: number[]) => number> = {};
    for (const name of names) calls[name] = () => SUCCESS;
    calls.fd_write = (_fd, vectors, count, written) => this.#write(vectors!, count!, written!);
    return { wasi_snapshot_preview1: calls };
  }

  #write(vectors: number, count: number, written: number): number {
    this.#vectors = vectors;
    this.#count = count;
    const view = new DataView(this.#memory.buffer);
    let total = 0;
    for (let i = 0; i < count; i++) total += view.getUint32(vectors + i * 8 + 4, true);
    view.setUint32(written, total, true);
    return SUCCESS;
  }
}
