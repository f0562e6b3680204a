import { err, ok, type Result } from "../result.ts";

/** What a client asks for: `<libname> [<funcname> [<filename>]]` (formats.md 5), as binary strings. */
export interface NativeCommand {
  readonly library: string;
  /** @default "run" */
  readonly functionName: string;
  readonly file?: string;
}

/** Longer ones name no file that could exist: paths end at 4,096 bytes. */
const MAX_COMMAND_BYTES = 3 * 4096;

const DEFAULT_FUNCTION = "run";

/** The command as errors repeat it: with single spaces. */
export function normaliseCommand(text: string): string {
  return words(text).join(" ");
}

/**
 * Reads a command. The error says in a few words what is wrong.
 *
 * @param text A binary string, one character a byte.
 *
 * @example
 * ```ts
 * import { parseCommand } from "./command.ts";
 *
 * const command = parseCommand("/lib/libdemo.so cat /etc/hostname");
 * if (command.ok) console.log(command.value.functionName); // cat
 * ```
 */
export function parseCommand(text: string): Result<NativeCommand, string> {
  if (text.length > MAX_COMMAND_BYTES) {
    return err(`the command is longer than ${MAX_COMMAND_BYTES} bytes`);
  }
  if (text.includes("\0")) return err("the command holds a NUL byte");
  const [library, functionName = DEFAULT_FUNCTION, file, ...surplus] = words(text);
  if (library === undefined) return err("the command names no library");
  if (surplus.length > 0) return err("the command has more than three words");
  return ok(file === undefined ? { library, functionName } : { library, functionName, file });
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}
