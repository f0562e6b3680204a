import type { ErrorCode, SkerryError } from "../../errors.ts";
import type { InvocationResult } from "./invoker.ts";

/** The words that clients of such servers know. */
const KNOWN_WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  name_taken: "function name already exists",
  function_not_found: "function not found",
};

/** What became of a call, ready for `JSON.stringify`: `output`, or `error` and `code`. */
export function invocationBody(
  answer: InvocationResult["answer"],
): Readonly<Record<string, unknown>> {
  if (!answer.ok) return failureBody(answer.error);
  const { output, isBase64, status } = answer.value;
  return {
    ok: true,
    output,
    ...isBase64 ? { base64: true } : {},
    ...status === 200 ? {} : { status },
  };
}

/** A failure in the form of the API that small FaaS servers share. */
export function failureBody(
  { code, message, details }: SkerryError,
): Readonly<Record<string, unknown>> {
  return { ok: false, error: KNOWN_WORDS[code] ?? message, code, ...details };
}
