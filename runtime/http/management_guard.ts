import type { Context, MiddlewareHandler } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { HTTPException } from "hono/http-exception";
import { verify } from "hono/jwt";
import { createHash, timingSafeEqual } from "node:crypto";
import { type SkerryError, skerryError } from "../errors.ts";
import type { AppEnv } from "./app_env.ts";
import { authorityOf } from "./request_path.ts";

const LOOPBACK_ADDRESS = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;
const LOOPBACK_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** What opens the management API; without either, being on this machine does. */
export interface Credentials {
  /** The bearer token: RFC 6750's characters. */
  readonly token?: string;
  /** The secret of HS256 JSON Web Tokens. Of their claims only `exp`, `nbf` and `iat` count. */
  readonly jwtSecret?: string;
}

/** Answers with an error, and headers in lower case. */
export type Refuse = (
  c: Context<AppEnv>,
  error: SkerryError,
  headers: Readonly<Record<string, string>>,
) => Response;

/**
 * Lets in who may use the management API. With credentials, only who bears them, as RFC 6750 has it. Without any, only
 * loopback clients, and not web pages that a browser on this machine happens to show: see {@linkcode loopbackFault}.
 */
export function managementGuard(
  { token, jwtSecret }: Credentials,
  refuse: Refuse,
): MiddlewareHandler<AppEnv> {
  if (token === undefined && jwtSecret === undefined) return loopbackGuard(refuse);
  const bearer = bearerAuth<AppEnv>({
    realm: "skerry",
    verifyToken: async (given) =>
      (token !== undefined && isSame(given, token)) ||
      (jwtSecret !== undefined && await isSigned(given, jwtSecret)),
  });
  return async (c, next) => {
    try {
      return await bearer(c, next);
    } catch (thrown) {
      if (!(thrown instanceof HTTPException)) throw thrown;
      const challenge = thrown.getResponse().headers.get("www-authenticate") ?? "Bearer";
      return refuse(c, UNAUTHORIZED, { "www-authenticate": challenge });
    }
  };
}

function loopbackGuard(refuse: Refuse): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const error = loopbackFault(c.req.raw, c.env.peer.remoteAddress());
    return error === undefined ? await next() : refuse(c, error, {});
  };
}

/**
 * Why a request is not this machine's own: it must come from a loopback address, name a loopback host (against DNS
 * rebinding) and must not come from another site (against cross-site forgery).
 *
 * @returns undefined if it is, else `forbidden`
 */
export function loopbackFault(request: Request, remoteAddress: string): SkerryError | undefined {
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
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function isSigned(token: string, secret: string): Promise<boolean> {
  // The algorithm is Skerry's to say, never the token's.
  return verify(token, secret, "HS256").then(() => true, () => false);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function isCrossSite(request: Request): boolean {
  if (request.headers.get("sec-fetch-site") === "cross-site") return true;
  const origin = request.headers.get("origin");
  return origin !== null && authorityOf(origin) !== authorityOf(request.url);
}
