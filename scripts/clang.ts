/**
 * C to WebAssembly with clang and wasi-libc from npm, so that no system compiler is needed and the same
 * source gives the same bytes on every machine.
 */
import { commands, Exit, runLLVM } from "@yowasp/clang";

/** Options of {@linkcode compileC}. */
export interface CompileOptions {
  /** The source's name in the compiler's messages. @default "main.c" */
  readonly fileName?: string;
  /** Optimisation. @default "-Os" */
  readonly optimise?: "-O0" | "-O1" | "-O2" | "-O3" | "-Os" | "-Oz";
  /** Further arguments for clang, e.g. `-mexec-model=reactor`. */
  readonly flags?: readonly string[];
}

/** Refuses sloppy sources and drops names, debug information and the producers section. */
const COMMON_FLAGS = ["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-s"];

/** wasi-libc's printf without `%f`, 5 KB less; for programs that never print floating point. */
export const INTEGER_PRINTF = "-lc-printscan-no-floating-point";

const OUTPUT = "out.wasm";

let fetched: Promise<unknown> | undefined;

/** Loads the compiler (100 MB, a second) once, without its progress report. */
function fetchCompiler(): Promise<unknown> {
  fetched ??= Promise.resolve(runLLVM(undefined, {}, { fetchProgress: () => {} }));
  return fetched;
}

/**
 * Compiles one C source to a `wasm32-wasip1` module. The first call takes about a second, further ones
 * about 100 ms, on the calling thread.
 *
 * @throws {Error} whose message holds clang's or the linker's own messages, if the source does not build
 *
 * @example
 * ```ts
 * import { compileC } from "./clang.ts";
 *
 * const module = await compileC("int main(void) { return 3; }", { optimise: "-O2" });
 * console.log(WebAssembly.validate(module)); // true
 * ```
 */
export async function compileC(
  source: string,
  options: CompileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { fileName = "main.c", optimise = "-Os", flags = [] } = options;
  await fetchCompiler();
  const messages = new MessageCollector();
  const args = [optimise, ...COMMON_FLAGS, fileName, ...flags, "-o", OUTPUT];
  try {
    const files = await commands.clang(args, { [fileName]: source }, {
      decodeASCII: false,
      stdout: messages.write,
      stderr: messages.write,
    });
    return outputOf(files?.[OUTPUT], fileName);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    throw new Error(`Cannot compile ${fileName}:\n${messages.text()}`);
  }
}

function outputOf(output: unknown, fileName: string): Uint8Array<ArrayBuffer> {
  if (!(output instanceof Uint8Array)) {
    throw new Error(`Cannot compile ${fileName}: clang wrote no module`);
  }
  return new Uint8Array(output);
}

/** Joins what the compiler prints, which arrives in pieces of any size. */
class MessageCollector {
  readonly #decoder = new TextDecoder();
  #text = "";

  readonly write = (bytes: Uint8Array | null): void => {
    if (bytes !== null) this.#text += this.#decoder.decode(bytes, { stream: true });
  };

  text(): string {
    return this.#text;
  }
}
