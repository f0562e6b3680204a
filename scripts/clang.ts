/**
 * C to WebAssembly with clang and wasi-libc from npm, so that no system compiler is needed and the same
 * source gives the same bytes on every machine.
 */
import { Clang } from "../runtime/build/clang.ts";
import type { SkerryError } from "../runtime/errors.ts";
import type { Result } from "../runtime/result.ts";

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

let loading: Promise<Result<Clang, SkerryError>> | undefined;

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
  loading ??= Clang.load({});
  const clang = await loading;
  if (!clang.ok) throw new Error(clang.error.message);
  const all = [optimise, ...COMMON_FLAGS, ...flags];
  const outcome = await clang.value.run({ driver: "clang", fileName, source, flags: all });
  if (outcome.kind === "built") return outcome.module;
  throw new Error(`Cannot compile ${fileName}:\n${outcome.text}`);
}
