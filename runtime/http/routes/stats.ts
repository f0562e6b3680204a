import { Hono } from "hono";
import type { AppEnv } from "../app_env.ts";

/** What each part tells of itself, by the name of its member in `/_/stats`. */
export type StatsMembers = Readonly<Record<string, () => unknown>>;

/** `/stats`: one JSON object; every part adds a member of its own. */
export function statsRoutes(members: StatsMembers): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/stats", (c) => {
    const stats = Object.entries(members).map(([name, member]) => [name, member()]);
    return c.json(Object.fromEntries(stats));
  });
  return routes;
}
