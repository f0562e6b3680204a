import { createRoute, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type SkerryError, skerryError } from "../../errors.ts";
import type { AppEnv } from "../app_env.ts";
import { problemResponse } from "../problem.ts";
import { Problem } from "./schemas.ts";

/** A router whose requests are checked against their descriptions. */
export type ApiApp = OpenAPIHono<AppEnv>;

/** Makes a router; a request that does not fit its description is a `bad_request`. */
export function apiApp(): ApiApp {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (!result.success) return problem(c, misfit(result.target, result.error.issues));
    },
  });
}

/** Answers with an error. */
export function problem(
  c: Context<AppEnv>,
  error: SkerryError,
  context: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  return problemResponse(error, { requestId: c.env.requestId, ...context });
}

const WORDS: Readonly<Record<number, string>> = {
  400: "The request cannot be read (`bad_request`)",
  404: "There is none such (`function_not_found`, `version_not_found`, `route_not_found`, …)",
  408: "The body did not arrive in time (`request_timeout`)",
  409: "The name is taken (`name_taken`)",
  413: "The body is over the limit (`request_too_large`)",
  422: "It cannot be built or run (`build_failed`, `invalid_module`, `invalid_config`)",
  501: "This machine lacks the compiler (`toolchain_missing`)",
  503: "Too many builds wait (`overloaded`), or the server stops (`shutting_down`)",
  507: "The disk is full (`storage_full`)",
};

/** Describes the problems an operation may answer with, besides `unauthorized`, `forbidden` and `bad_request`. */
export function problems(...statuses: readonly number[]): RouteConfig["responses"] {
  const content = { "application/problem+json": { schema: Problem } };
  const described = [400, ...statuses].map((status) => [
    status,
    { description: WORDS[status] ?? "A problem", content },
  ]);
  return Object.fromEntries([
    ...described,
    [401, { description: "No valid bearer token was sent (`unauthorized`)", content }],
    [403, { description: "The client is not on this machine (`forbidden`)", content }],
  ]);
}

/** An operation with its request's types, but not its responses': those are made in one place for all. */
type Operation<P extends string, R extends RouteConfig["request"]> =
  & Omit<RouteConfig, "path" | "request" | "responses">
  & { path: P; request: R; responses: RouteConfig["responses"] };

/** Describes an operation. */
export function operation<
  const P extends string,
  const R extends RouteConfig["request"] = Record<never, never>,
>(
  config: Omit<Operation<P, R>, "request"> & { request?: R },
): Operation<P, R> {
  return createRoute(config) as unknown as Operation<P, R>;
}

/**
 * Names a schema for a body without having the body checked: that would read it whole, whatever its length. Who answers
 * reads it within bounds, and then looks at it.
 */
export function unchecked(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** What zod found. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A part of a request that does not fit its description. */
export function misfit(part: string, [issue]: readonly Issue[]): SkerryError {
  const where = issue === undefined || issue.path.length === 0
    ? "it"
    : issue.path.map(String).join(".");
  const what = part === "param" ? "path" : part;
  const found = issue?.message ?? "it does not fit";
  return skerryError("bad_request", `Cannot read the ${what}: ${where}: ${found}`);
}
