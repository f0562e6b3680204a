import { Hono } from "hono";
import { skerryError } from "../../errors.ts";
import type { AppEnv } from "../app_env.ts";
import type { Clock } from "../../clock.ts";
import { problemResponse } from "../problem.ts";
import { statsStream } from "../stats_stream.ts";

/** What each part tells of itself, by the name of its member in `/_/stats`. */
export type StatsMembers = Readonly<Record<string, () => unknown>>;

/** What the statistics are made of. */
export interface StatsOptions {
  readonly members: StatsMembers;
  /** Begins to watch: every call of what it returns tells what happened since the last one. */
  readonly watch?: () => () => unknown;
  readonly isReady: () => boolean;
  readonly clock: Clock;
}

/** Each remembers every function's counts. */
const MAX_WATCHERS = 64;

/**
 * `/stats`: one JSON object; every part adds a member of its own. Who accepts `text/event-stream` instead gets
 * what happens, second by second.
 */
export function statsRoutes({ members, watch, isReady, clock }: StatsOptions): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  let watchers = 0;
  routes.get("/stats", (c) => {
    const isStream = c.req.header("accept")?.includes("text/event-stream") ?? false;
    if (watch === undefined || !isStream) return c.json(readAll(members));
    if (watchers >= MAX_WATCHERS) {
      const message = `Cannot watch the statistics: ${watchers} clients do already`;
      const { requestId } = c.env;
      return problemResponse(skerryError("overloaded", message), { requestId });
    }
    watchers++;
    const look = watch();
    const onEnd = () => watchers--;
    const stream = statsStream({ look, isEnding: () => !isReady(), onEnd, clock });
    return c.body(stream, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
  });
  return routes;
}

/** What all of them tell now. */
export function readAll(members: StatsMembers): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member()]));
}
