import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { badMember, isBase64, type Members } from "../json_body.ts";

/** The members of a deployment in JSON. */
export interface DeployMembers {
  readonly name?: string;
  readonly lang?: string;
  /** The source. */
  readonly code: string;
  /** Whether `code` is base64, as a module's must be. @default false */
  readonly base64?: boolean;
  /** The text of its `NAME.toml`. */
  readonly config?: string;
  readonly replace?: boolean;
}

const TEXTS: readonly string[] = ["name", "lang", "code", "config"];
const SWITCHES: readonly string[] = ["base64", "replace"];

/** Reads the members of a deployment; `null` is a missing one. @returns `bad_request` */
export function deployMembers(members: Members): Result<DeployMembers, SkerryError> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    const isText = TEXTS.includes(name);
    if (!isText && !SWITCHES.includes(name)) return err(unknownMember(name));
    if (value === null) continue;
    if (isText && typeof value !== "string") return err(badMember(name, "a string", value));
    if (!isText && typeof value !== "boolean") return err(badMember(name, "a boolean", value));
    read[name] = value;
  }
  const { code, base64 } = read;
  if (typeof code !== "string") return err(badMember("code", "a string", code));
  if (base64 === true && !isBase64(code)) return err(badMember("code", "base64", code));
  return ok(read as unknown as DeployMembers);
}

function unknownMember(name: string): SkerryError {
  const known = [...TEXTS, ...SWITCHES].join(", ");
  const message = `Unknown member ${JSON.stringify(name.slice(0, 80))}; known are ${known}`;
  return skerryError("bad_request", message);
}
