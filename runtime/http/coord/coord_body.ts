import { Buffer } from "node:buffer";
import { isName, NAME_RULE } from "../../coord/names.ts";
import type { SkerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { badMember, isBase64, type Members } from "../json_body.ts";

/** A name in the body or the path. A number is taken for its digits, as the ids of old clients are numbers. */
export function readName(value: unknown, member: string): Result<string, SkerryError> {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string" && isName(text)) return ok(text);
  return err(badMember(member, NAME_RULE, value));
}

/** A whole number within bounds, or what stands for it if it is missing. */
export function readWhole<T>(
  members: Members,
  member: string,
  bounds: { readonly min: number; readonly max: number; readonly missing?: T },
): Result<number | T, SkerryError> {
  const value = members[member];
  if (value === undefined && "missing" in bounds) return ok(bounds.missing as T);
  const { min, max } = bounds;
  if (Number.isSafeInteger(value) && value as number >= min && value as number <= max) {
    return ok(value as number);
  }
  return err(badMember(member, `a whole number from ${min} to ${max}`, value));
}

/** The bytes of an append: `data` as UTF-8, or `data_base64`. */
export function readData(members: Members): Result<Uint8Array, SkerryError> {
  const { data, data_base64 } = members;
  // What is not Unicode would be stored as something else.
  if (typeof data === "string" && data_base64 === undefined && data.isWellFormed()) {
    return ok(new TextEncoder().encode(data));
  }
  if (typeof data_base64 === "string" && data === undefined && isBase64(data_base64)) {
    return ok(new Uint8Array(Buffer.from(data_base64, "base64")));
  }
  return err(badMember("data", "a string, or data_base64 in its place", data ?? data_base64));
}
