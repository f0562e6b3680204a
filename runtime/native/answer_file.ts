import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { describeOutcome, hasExecuted, hasSucceeded, type NativeOutcome } from "./outcome.ts";
import { binaryBytes, binaryString } from "./zygote/messages.ts";

const NEWLINE = 10;
/** The function may have put something else in the file's place: a link is not followed, a pipe not waited for. */
const FLAGS = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The line that says that a command failed (formats.md 5), and why where that is wanted; binary strings. */
export function failureText(command: string, reason: string | undefined): string {
  const line = `Error: ${command} could not be executed.\n`;
  return reason === undefined ? line : `${line}${reason}\n`;
}

/**
 * Completes the output file of a call that did not end well: if the function was never called, the file then holds the
 * error and nothing else; if it was, what it printed stays, and the error follows only with details.
 *
 * @param command With single spaces, a binary string.
 */
export async function completeAnswer(
  path: string,
  { command, outcome, withDetails }: {
    readonly command: string;
    readonly outcome: NativeOutcome;
    readonly withDetails: boolean;
  },
): Promise<void> {
  if (hasSucceeded(outcome)) return;
  const keepsOutput = hasExecuted(outcome);
  if (keepsOutput && !withDetails) return;
  const reason = withDetails ? binaryString(describeOutcome(outcome)) : undefined;
  const text = binaryBytes(failureText(command, reason));
  const file = await open(path, FLAGS);
  try {
    if (!(await file.stat()).isFile()) throw new Error("The output file is gone");
    if (!keepsOutput) await file.truncate(0);
    const { size } = await file.stat();
    const gap = size > 0 && !await endsWithNewline(file, size) ? 1 : 0;
    const bytes = new Uint8Array(gap + text.length).fill(NEWLINE, 0, gap);
    bytes.set(text, gap);
    await file.write(bytes, 0, bytes.length, size);
  } finally {
    await file.close();
  }
}

async function endsWithNewline(file: FileHandle, size: number): Promise<boolean> {
  const last = new Uint8Array(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}
