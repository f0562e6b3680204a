import { Hono } from "hono";
import { isStrategyName, type Scheduler, STRATEGIES } from "../../dispatch/strategies.ts";
import { skerryError } from "../../errors.ts";
import type { AppEnv } from "../app_env.ts";
import { problemResponse } from "../problem.ts";

/** `/scheduler`: which strategy chooses among free workers, and `PUT {"strategy": NAME}` to change it. */
export function schedulerRoutes(scheduler: Scheduler): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const names = Object.keys(STRATEGIES);
  routes.get("/scheduler", (c) => c.json({ strategy: scheduler.strategy, strategies: names }));
  routes.put("/scheduler", async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const strategy = (body as { strategy?: unknown } | null | undefined)?.strategy;
    if (typeof strategy !== "string" || !isStrategyName(strategy)) {
      const message = `Cannot set the strategy: expected {"strategy": one of ${names.join(", ")}}`;
      const error = skerryError("bad_request", message);
      return problemResponse(error, { requestId: c.env.requestId });
    }
    scheduler.strategy = strategy;
    return c.json({ strategy, strategies: names });
  });
  return routes;
}
