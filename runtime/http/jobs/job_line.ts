import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";

/** A job as it comes over a socket (formats.md 3). */
export interface JobRequest {
  /** A deployed function's name or id, or a path. */
  readonly fn: string;
  /** What the function reads as its body. */
  readonly payload: string;
  /** The export to call. @default the function's own */
  readonly handler?: string;
  /** The caller's span, as the header of this name tells it (https://www.w3.org/TR/trace-context/). */
  readonly traceparent?: string;
  /** What the caller's tracing system adds to it. */
  readonly tracestate?: string;
}

const TEXTS = ["payload", "handler", "traceparent", "tracestate"] as const;
const MEMBERS = ["type", "fn", ...TEXTS];

/**
 * Reads one line: `{"type":"invoke","fn":"hello","payload":"…"}`. No payload is an empty one.
 *
 * @returns `bad_request`
 */
export function parseJobLine(line: string): Result<JobRequest, SkerryError> {
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(line);
  } catch {
    return refuse("the line is not JSON");
  }
  if (typeof members !== "object" || members === null || Array.isArray(members)) {
    return refuse("the line is not a JSON object");
  }
  const { type, fn } = members;
  const unknown = Object.keys(members).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) return refuse(`unknown member ${shown(unknown)}`);
  if (type !== "invoke") return refuse(`type must be "invoke", found ${shown(type)}`);
  if (typeof fn !== "string" || fn === "") return refuse(`fn must be a name, found ${shown(fn)}`);
  const texts: Partial<Record<typeof TEXTS[number], string>> = {};
  for (const name of TEXTS) {
    const value = members[name] ?? undefined;
    if (value !== undefined && typeof value !== "string") {
      return refuse(`${name} must be a string, found ${shown(value)}`);
    }
    if (value !== undefined) texts[name] = value;
  }
  return ok({ fn, payload: "", ...texts });
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
}

function refuse(reason: string): Result<never, SkerryError> {
  return err(skerryError("bad_request", `Cannot read the job: ${reason}`));
}
