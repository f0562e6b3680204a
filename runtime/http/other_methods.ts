import type { Hono } from "hono";
import { skerryError } from "../errors.ts";
import { allowHeader } from "./allowed_methods.ts";
import type { AppEnv } from "./app_env.ts";
import { problemResponse } from "./problem.ts";

/** Answers the methods that a router's paths do not have; to be called when it has all its routes. */
export function answerOtherMethods(app: Hono<AppEnv>): void {
  const routes = app.routes.filter(({ method }) => method !== "ALL");
  for (const [path, atPath] of Map.groupBy(routes, (each) => each.path)) {
    const allow = allowHeader(atPath.map(({ method }) => method));
    app.all(path, (c) => {
      const { requestId } = c.env;
      const { method } = c.req;
      if (method === "OPTIONS") return c.body(null, 204, { allow, "x-request-id": requestId });
      const message = `Cannot ${method} ${c.req.path}: use ${allow}`;
      const error = skerryError("method_not_allowed", message);
      return problemResponse(error, { requestId, headers: { allow } });
    });
  }
}
