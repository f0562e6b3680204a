import type { Platform } from "../runtime/platform/platform.ts";

/** A verb of the command line. Resolves to the exit code. */
export type Verb = (args: readonly string[], context: CliContext) => Promise<number>;

/** What a verb works with. */
export interface CliContext {
  readonly platform: Platform;
  /** The program's entry file. */
  readonly entryUrl: URL;
  /** Prints a line on standard output. */
  readonly print: (line: string) => void;
  /** Prints a line on standard error. */
  readonly printError: (line: string) => void;
}

/** What the exit code of a wrong command line is, by custom. */
export const USAGE_ERROR = 2;

/** Says what is wrong with a command line and where to look. Returns the exit code. */
export function usageError(context: CliContext, verb: string, message: string): number {
  context.printError(`${message}; skerry ${verb} --help shows how`);
  return USAGE_ERROR;
}
