import { completeAnswer, failureText } from "./answer_file.ts";
import { normaliseCommand, parseCommand } from "./command.ts";
import { codeText } from "./allowed_folders.ts";
import type { NativeCaller } from "./native_caller.ts";
import { describeOutcome } from "./outcome.ts";
import { binaryString } from "./zygote/messages.ts";

/** Old clients receive into a buffer of 1,024 bytes with a zero at its end. */
const MAX_REPLY_BYTES = 1023;

/**
 * Runs commands of socket clients. The reply is the path of the output file; if there is none because the system could
 * not make it, what that file would have held, on one line.
 *
 * @param withDetails Whether clients are told why a command failed.
 */
export function socketAnswers(
  caller: NativeCaller,
  withDetails: boolean,
): (text: string) => Promise<string> {
  return async (text) => {
    const command = normaliseCommand(text);
    const parsed = parseCommand(text);
    const { output, outcome } = parsed.ok
      ? await caller.call(parsed.value)
      : await caller.refuse(command, parsed.error);
    if (output === undefined) return lineReply(command, withDetails, describeOutcome(outcome));
    try {
      await completeAnswer(output, { command, outcome, withDetails });
      return binaryString(output);
    } catch (error) {
      return lineReply(command, withDetails, codeText(error));
    }
  };
}

function lineReply(command: string, withDetails: boolean, reason: string): string {
  const lines = failureText(command, withDetails ? binaryString(reason) : undefined);
  return lines.trimEnd().replaceAll("\n", " ").slice(0, MAX_REPLY_BYTES);
}
