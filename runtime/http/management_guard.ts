import { createHash, timingSafeEqual } from "node:crypto";
import { type SkerryError, skerryError } from "../errors.ts";
import { authorityOf } from "./request_path.ts";

const BEARER = /^Bearer +([^ ]+) *$/i;
const LOOPBACK_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;
const LOOPBACK_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether a request may use the management API. With a token, only who bears it. Without one, only loopback clients,
 * and not web pages that a browser on this machine happens to show: the request must name a loopback host (against DNS
 * rebinding) and must not come from another site (against cross-site forgery).
 *
 * @returns undefined if it may, else `unauthorized` or `forbidden`
 */
export function managementFault(
  request: Request,
  remoteAddress: string,
  token: string | undefined,
): SkerryError | undefined {
  if (token !== undefined) return isBearer(request, token) ? undefined : UNAUTHORIZED;
  if (!LOOPBACK_ADDRESS.test(remoteAddress)) return NOT_LOOPBACK;
  if (!LOOPBACK_HOST.test(authorityOf(request.url))) return NOT_LOOPBACK_HOST;
  return isCrossSite(request) ? CROSS_SITE : undefined;
}

const UNAUTHORIZED = skerryError(
  "unauthorized",
  "Cannot use the management API: no valid bearer token was sent",
);
const NOT_LOOPBACK = skerryError(
  "forbidden",
  "Cannot use the management API from another machine: start the server with a token to allow it",
);
const NOT_LOOPBACK_HOST = skerryError(
  "forbidden",
  "Cannot use the management API under a host name that is not loopback: start the server with a token to allow it",
);
const CROSS_SITE = skerryError(
  "forbidden",
  "Cannot use the management API from a page of another site",
);

/** Digests are compared, so that neither the token's length nor its beginning shows in the time taken. */
function isBearer(request: Request, token: string): boolean {
  const given = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function isCrossSite(request: Request): boolean {
  if (request.headers.get("sec-fetch-site") === "cross-site") return true;
  const origin = request.headers.get("origin");
  return origin !== null && authorityOf(origin) !== authorityOf(request.url);
}
