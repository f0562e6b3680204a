/** The lock service over HTTP in a process of its own, and nothing else: it starts in a fraction of a server's time. */
import process from "node:process";
import { Hono } from "hono";
import { openCoord } from "../../runtime/coord/open_coord.ts";
import type { AppEnv } from "../../runtime/http/app_env.ts";
import { DEFAULT_REQUEST_LIMITS } from "../../runtime/http/app_options.ts";
import { coordCommandRoutes } from "../../runtime/http/routes/coord.ts";
import { coordReadingRoutes } from "../../runtime/http/routes/coord_reading.ts";

const [dataFolder, port] = Deno.args;
const coord = openCoord({ dataFolder: dataFolder!, onFailure: () => process.exit(74) });
if (!coord.ok) throw new Error(coord.error.message);
const app = new Hono<AppEnv>();
const limits = DEFAULT_REQUEST_LIMITS;
app.route("/_", coordCommandRoutes({ coord: coord.value, limits }));
app.route("/_", coordReadingRoutes(coord.value));
Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`),
}, (request) => app.fetch(request, { requestId: "r" } as AppEnv["Bindings"]));
