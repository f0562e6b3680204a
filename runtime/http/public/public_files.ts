import { getMimeType } from "hono/utils/mime";
import { skerryError } from "../../errors.ts";
import type { Clock } from "../../clock.ts";
import type { IncomingRequest } from "../function_call.ts";
import { problemResponse } from "../problem.ts";
import { decodePath, queryOf } from "../request_path.ts";
import { type ByteRange, parseRange } from "./byte_range.ts";
import { fileBody } from "./file_body.ts";
import { type OpenFile, openPublic } from "./open_file.ts";
import { publicSegments } from "./public_path.ts";
import { TopLevelNames } from "./top_level_names.ts";
import { isNotModified, isRangeCurrent, type Validators, validatorsOf } from "./validators.ts";

const ALLOW = "GET, HEAD, OPTIONS";

/** Serves the files of one folder: content types, ranges, validators, index pages. Hidden files do not exist. */
export class PublicFiles {
  readonly #folder: string;
  readonly #names: TopLevelNames;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#names = new TopLevelNames(folder, clock);
  }

  /**
   * Answers a request for a file; undefined, at once or later, means there is none. A folder's path without its slash is
   * redirected, other methods than GET and HEAD are refused.
   */
  answer(incoming: IncomingRequest): Promise<Response | undefined> | undefined {
    const known = this.#names.has(firstName(incoming.path));
    if (known === false) return undefined;
    return this.#answerIfKnown(incoming, known);
  }

  async #answerIfKnown(
    incoming: IncomingRequest,
    known: boolean | Promise<boolean>,
  ): Promise<Response | undefined> {
    if (!await known) return undefined;
    const segments = publicSegments(incoming.path);
    if (segments === undefined) return undefined;
    const found = await openPublic(this.#folder, segments);
    if (found.kind === "none") return undefined;
    return found.kind === "folder" ? redirect(incoming) : await send(incoming, found.file);
  }
}

/** The name right below the folder that a path needs. Decoded, as names are. */
function firstName(path: string): string {
  if (path === "/") return "index.html";
  const end = path.indexOf("/", 1);
  return decodePath(end === -1 ? path.slice(1) : path.slice(1, end)) ?? "";
}

/** The path is known to have no empty segment, so the target cannot become another host's (`//host/`). */
function redirect({ url, path, requestId }: IncomingRequest): Response {
  const query = queryOf(url);
  const location = query === "" ? `${path}/` : `${path}/?${query}`;
  return new Response(null, { status: 308, headers: { location, "x-request-id": requestId } });
}

async function send(incoming: IncomingRequest, file: OpenFile): Promise<Response> {
  const validators = validatorsOf(file);
  const bodiless = refuseOrRevalidate(incoming, file, validators);
  if (bodiless !== undefined) {
    await file.handle.close();
    return bodiless;
  }
  const range = rangeOf(incoming, file, validators);
  if (range === "unsatisfiable") {
    await file.handle.close();
    return refuseRange(incoming, file.sizeBytes);
  }
  return await sendBytes(incoming, file, { validators, range });
}

function refuseOrRevalidate(
  incoming: IncomingRequest,
  file: OpenFile,
  validators: Validators,
): Response | undefined {
  const { request, method, path, requestId } = incoming;
  if (method === "OPTIONS") {
    return new Response(null, {
      status: 204,
      headers: { allow: ALLOW, "x-request-id": requestId },
    });
  }
  if (method !== "GET" && method !== "HEAD") {
    const error = skerryError("method_not_allowed", `Cannot ${method} ${path}: use ${ALLOW}`);
    return problemResponse(error, { requestId, headers: { allow: ALLOW } });
  }
  if (!isNotModified(request.headers, validators)) return undefined;
  return new Response(null, { status: 304, headers: commonHeaders(incoming, file, validators) });
}

function rangeOf(
  { request, method }: IncomingRequest,
  file: OpenFile,
  validators: Validators,
): ByteRange | "unsatisfiable" | undefined {
  if (method !== "GET" || !isRangeCurrent(request.headers, validators)) return undefined;
  return parseRange(request.headers.get("range"), file.sizeBytes);
}

function refuseRange({ path, requestId }: IncomingRequest, sizeBytes: number): Response {
  const message = `Cannot send that range of ${path}: it has ${sizeBytes} bytes`;
  return problemResponse(skerryError("range_not_satisfiable", message), {
    requestId,
    headers: { "content-range": `bytes */${sizeBytes}` },
  });
}

async function sendBytes(
  incoming: IncomingRequest,
  file: OpenFile,
  { validators, range }: {
    readonly validators: Validators;
    readonly range: ByteRange | undefined;
  },
): Promise<Response> {
  const sent = range ?? { first: 0, last: file.sizeBytes - 1 };
  const headers = commonHeaders(incoming, file, validators);
  headers["content-length"] = String(sent.last - sent.first + 1);
  headers["accept-ranges"] = "bytes";
  if (range !== undefined) {
    headers["content-range"] = `bytes ${sent.first}-${sent.last}/${file.sizeBytes}`;
  }
  const status = range === undefined ? 200 : 206;
  if (incoming.method === "HEAD") {
    await file.handle.close();
    return new Response(null, { status, headers });
  }
  return new Response(await fileBody(file.handle, sent), { status, headers });
}

function commonHeaders(
  { requestId }: IncomingRequest,
  file: OpenFile,
  validators: Validators,
): Record<string, string> {
  return {
    "content-type": getMimeType(file.name) ?? "application/octet-stream",
    etag: validators.etag,
    "last-modified": validators.lastModified,
    // Revalidate each time: a replaced file is to be seen at once.
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "x-request-id": requestId,
  };
}
