import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { parseRoute, type RoutePattern } from "../route_pattern.ts";

/** What a row answers. */
export interface RouteKey {
  /** Upper case. */
  readonly method: string;
  readonly pattern: RoutePattern;
}

const KEY = /^([A-Z]+):(\/.*)$/s;
const MAX_SHOWN = 80;

/**
 * Reads a row's key, `METHOD:/path`, with `[name]` and `[...rest]` in the path as in the functions folder.
 *
 * @returns `invalid_config`
 *
 * @example
 * ```ts
 * import { parseRouteKey } from "./route_key.ts";
 *
 * const key = parseRouteKey("GET:/users/[id]");
 * if (key.ok) console.log(key.value.method, key.value.pattern.route); // GET /users/[id]
 * ```
 */
export function parseRouteKey(key: string): Result<RouteKey, SkerryError> {
  const [, method, path] = KEY.exec(key) ?? [];
  if (method === undefined || path === undefined) {
    const message = `Cannot use the key ${showKey(key)}: expected METHOD:/path, e.g. GET:/hello`;
    return err(skerryError("invalid_config", message));
  }
  const pattern = parseRoute(path);
  return pattern.ok ? ok({ method, pattern: pattern.value }) : pattern;
}

/** A key as messages show it: short, and on one line. */
export function showKey(key: string): string {
  return JSON.stringify(key.length > MAX_SHOWN ? `${key.slice(0, MAX_SHOWN)}…` : key);
}
