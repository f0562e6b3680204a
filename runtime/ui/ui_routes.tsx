/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import { compress } from "hono/compress";
import { ASSETS } from "./assets.ts";
import { Shell } from "./shell.tsx";

/** Only the server's own files, and what they ask of it; charts place their parts by style properties. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-cache",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * The dashboard, below `/_/ui`. What is served here holds no data: that comes from the API, with its token, so
 * that the page can ask for one.
 */
export function uiRoutes(version: string): Hono {
  const routes = new Hono();
  const page = `<!doctype html>${<Shell version={version} />}`;
  routes.use(compress(), etag());
  routes.get("/_/ui", (c) => c.html(page, 200, HEADERS));
  routes.get("/_/ui/*", (c) => {
    const asset = ASSETS.get(c.req.path.slice("/_/ui/".length));
    return asset === undefined ? toPage(c) : c.body(asset.text, 200, {
      ...HEADERS,
      "content-type": asset.contentType,
      etag: asset.etag,
    });
  });
  return routes;
}

/** Whoever writes a slash too many, or an address of old, lands on the page. */
function toPage(c: Context): Response {
  return c.redirect("/_/ui");
}
