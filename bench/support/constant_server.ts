/** A server that answers every request with the same text through Hono: what the platform itself can do. */
import { Hono } from "hono";

const app = new Hono();
app.get("/", (c) => c.text("Hello from Hono!\n"));

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`),
  handler: app.fetch,
});
