import { Hono } from "hono";
import type { AppEnv } from "../app_env.ts";

/** `/healthz`: the process answers. `/readyz`: it takes requests, else 503. Both are open to everyone. */
export function healthRoutes(isReady: () => boolean): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/healthz", (c) => c.json({ ok: true }));
  routes.get("/readyz", (c) => isReady() ? c.json({ ok: true }) : c.json({ ok: false }, 503));
  return routes;
}
