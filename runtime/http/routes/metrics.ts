import { Hono } from "hono";
import type { AppEnv } from "../app_env.ts";

/** Something that Prometheus can scrape. */
export interface Scrapable {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** `/metrics`, in the text format of Prometheus. */
export function metricsRoutes(scrapable: Scrapable): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/metrics", async (c) => {
    return c.body(await scrapable.metrics(), 200, { "content-type": scrapable.contentType });
  });
  return routes;
}
