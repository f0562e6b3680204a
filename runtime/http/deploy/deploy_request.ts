import { Buffer } from "node:buffer";
import { LANGUAGE_NAMES, type LanguageName } from "../../build/language.ts";
import { type SkerryError, skerryError } from "../../errors.ts";
import { maxSourceBytes } from "../../functions/deployed/source_limits.ts";
import type { DeployRequest } from "../../functions/deployments.ts";
import { err, ok, type Result } from "../../result.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { readMembers } from "../json_body.ts";
import { readBody } from "../request_body.ts";
import { deployMembers } from "./deploy_members.ts";

/** What else decides how a deployment is read. */
export interface DeployReading {
  /** The query: `name`, `lang`, `replace`. */
  readonly query: Readonly<Record<string, string>>;
  /** Milliseconds in which the whole body must have arrived. */
  readonly bodyTimeoutMs: number;
  /** The name that the path gives; the query and the body cannot say another. */
  readonly name?: string;
  /** Whether a taken name gets a new version, whatever the request says. @default false */
  readonly isReplacing?: boolean;
}

/** What a deployment says, wherever it says it. */
export interface DeployFields {
  readonly name?: string;
  readonly lang?: string;
  readonly replace?: boolean;
  readonly config?: string;
  readonly source: Uint8Array<ArrayBuffer>;
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
/** A JSON body holds its source escaped, or in base64, and a configuration. */
const JSON_BYTES_PER_SOURCE_BYTE = 2;

/**
 * Reads a request to deploy: the source as the body and the rest in the query, or everything as JSON members `name`,
 * `lang`, `code`, `base64`, `config` and `replace`. The query stands in for members that are missing.
 *
 * @returns `bad_request`, `request_too_large` or `request_timeout`
 */
export async function readDeployRequest(
  request: Request,
  reading: DeployReading,
): Promise<Result<DeployRequest, SkerryError>> {
  const isJson = JSON_TYPE.test(request.headers.get("content-type") ?? "");
  const fields = isJson ? await readJson(request, reading) : await readSource(request, reading);
  if (!fields.ok) return fields;
  const { source, config } = fields.value;
  const name = readName(fields.value, reading);
  if (!name.ok) return name;
  const language = readLanguage(fields.value.lang ?? reading.query.lang, name.value);
  if (!language.ok) return language;
  const isReplacing = readReplacing(fields.value, reading);
  if (!isReplacing.ok) return isReplacing;
  return ok({
    name: name.value,
    language: language.value,
    source,
    config,
    isReplacing: isReplacing.value,
  });
}

async function readSource(
  request: Request,
  { query, bodyTimeoutMs }: DeployReading,
): Promise<Result<DeployFields, SkerryError>> {
  const requestBytes = maxSourceBytes(query.lang === "wasm" ? "wasm" : "c");
  const body = await readBody(request, { requestBytes, bodyTimeoutMs }, SYSTEM_CLOCK);
  return body.ok ? ok({ source: body.value }) : body;
}

async function readJson(
  request: Request,
  { bodyTimeoutMs }: DeployReading,
): Promise<Result<DeployFields, SkerryError>> {
  const requestBytes = JSON_BYTES_PER_SOURCE_BYTE * maxSourceBytes("c");
  const members = await readMembers(request, { requestBytes, bodyTimeoutMs });
  if (!members.ok) return members;
  const read = deployMembers(members.value);
  if (!read.ok) return read;
  const { code, base64, ...fields } = read.value;
  return ok({ ...fields, source: new Uint8Array(Buffer.from(code, base64 ? "base64" : "utf8")) });
}

function readName(
  fields: DeployFields,
  { query, name: pathName }: DeployReading,
): Result<string, SkerryError> {
  const given = fields.name ?? query.name;
  if (pathName === undefined) {
    if (given !== undefined) return ok(given);
    return refuse("Cannot deploy: a name is missing, as in ?name=hello");
  }
  if (given === undefined || given === pathName) return ok(pathName);
  return refuse(`Cannot deploy ${pathName}: the request names another function as well`);
}

function readLanguage(
  given: string | undefined,
  name: string,
): Result<LanguageName, SkerryError> {
  const found = LANGUAGE_NAMES.find((language) => language === given);
  if (found !== undefined) return ok(found);
  const attempt = `Cannot deploy ${shorten(name)}`;
  const known = `known languages are ${LANGUAGE_NAMES.join(", ")}`;
  if (given === undefined) return refuse(`${attempt}: a language is missing; ${known}`);
  const message = `${attempt}: unknown language ${JSON.stringify(shorten(given))}; ${known}`;
  return refuse(message);
}

function readReplacing(
  fields: DeployFields,
  { query, isReplacing = false }: DeployReading,
): Result<boolean, SkerryError> {
  if (isReplacing) return ok(true);
  if (fields.replace !== undefined) return ok(fields.replace);
  const given = query.replace ?? "false";
  if (given === "true" || given === "false") return ok(given === "true");
  const found = JSON.stringify(shorten(given));
  return refuse(`Query parameter replace must be true or false, found ${found}`);
}

const MAX_SHOWN = 80;

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function refuse(message: string): Result<never, SkerryError> {
  return err(skerryError("bad_request", message));
}
