import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { ModuleInfo } from "../wasm/module_info.ts";

/** Types a handler may have: a process, or a reactor's function, whose result is its exit code. */
const HANDLER_TYPES: readonly (string | undefined)[] = ["() -> ()", "() -> (i32)"];

/** What Wizer renames to `_start`: a command's `_start` would initialise again. */
const RESUME = "wizer.resume";

/** Names listed in an error at most. */
const MAX_LISTED = 10;

/**
 * The export to call for a request: the configured one, else `_start`, else `run`; of a module with an initialiser,
 * `wizer.resume` before these.
 *
 * @param file Named in errors.
 * @returns `invalid_module` if there is no such function, or it has parameters or other results.
 */
export function chooseHandler(
  info: ModuleInfo,
  configured: string | undefined,
  file: string,
): Result<string, SkerryError> {
  const functions = info.exports.filter((item) => item.kind === "function");
  const isExported = (name: string) => functions.some((item) => item.name === name);
  const resume = info.initialiser !== undefined && isExported(RESUME) ? RESUME : undefined;
  const handler = configured ?? resume ?? (isExported("_start") ? "_start" : "run");
  const found = functions.find((item) => item.name === handler);
  if (found === undefined) {
    const wanted = configured === undefined ? `neither "_start" nor "run"` : `no "${configured}"`;
    return refuse(file, `it exports ${wanted}; ${list(functions.map((item) => item.name))}`);
  }
  if (HANDLER_TYPES.includes(found.signature)) return ok(handler);
  return refuse(
    file,
    `"${handler}" is ${found.signature ?? "of unknown type"}, expected () -> () or () -> (i32)`,
  );
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "it exports no functions";
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : "";
  const listed = names.slice(0, MAX_LISTED).map((name) => JSON.stringify(name)).join(", ");
  return `its functions are ${listed}${more}`;
}

function refuse(file: string, reason: string): Result<never, SkerryError> {
  return err(skerryError("invalid_module", `Cannot run ${file}: ${reason}`, { file }));
}
