import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { RequestLimits } from "./app_options.ts";
import { SYSTEM_CLOCK } from "../clock.ts";
import { readBody } from "./request_body.ts";

/** The members of a JSON body, not yet looked at. */
export type Members = Readonly<Record<string, unknown>>;

const DECODER = new TextDecoder("utf-8", { fatal: true });
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** Reads a body that is a JSON object; no body is an empty one. */
export async function readMembers(
  request: Request,
  limits: RequestLimits,
): Promise<Result<Members, SkerryError>> {
  const body = await readBody(request, limits, SYSTEM_CLOCK);
  if (!body.ok) return body;
  if (body.value.length === 0) return ok({});
  try {
    const value: unknown = JSON.parse(DECODER.decode(body.value));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return ok(value as Members);
    }
  } catch {
    // Said below.
  }
  return err(skerryError("bad_request", "Cannot read the body: it is not a JSON object"));
}

/** Whether a text is base64, with or without its padding. */
export function isBase64(text: string): boolean {
  const digits = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  return digits.length % 4 !== 1 && !NOT_BASE64.test(digits);
}

/** A member that is not what it must be. */
export function badMember(member: string, expected: string, found: unknown): SkerryError {
  const shown = found === undefined ? "nothing" : JSON.stringify(found).slice(0, 80);
  return skerryError("bad_request", `Member ${member} must be ${expected}, found ${shown}`);
}
