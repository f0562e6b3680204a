import { err, ok, type Result } from "../result.ts";

/** What a client asks for: `<libname> [<funcname> [<filename>]]` (formats.md 5), as binary strings. */
export interface NativeCommand {
  readonly library: string;
  /** @default "run" */
  readonly functionName: string;
  readonly file?: string;
}

/** Bytes of a word: longer ones name nothing that could exist, as paths end at 4,096 with the zero. */
export const MAX_WORD_BYTES = 4095;

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
  if (text.includes("\0")) return err("the command holds a NUL byte");
  const [library, functionName = DEFAULT_FUNCTION, file, ...surplus] = words(text);
  if (library === undefined) return err("the command names no library");
  if ([library, functionName, file ?? ""].some((word) => word.length > MAX_WORD_BYTES)) {
    return err(`a word of the command is longer than ${MAX_WORD_BYTES} bytes`);
  }
  if (surplus.length > 0) return err("the command has more than three words");
  return ok(file === undefined ? { library, functionName } : { library, functionName, file });
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}
