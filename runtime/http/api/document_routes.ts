import { Hono } from "hono";
import type { AppEnv } from "../app_env.ts";
import type { ApiApp } from "./api_app.ts";
import { docsPage } from "./docs/docs_page.ts";
import { type ApiDocument, apiDocument } from "./document.ts";

/** Nothing but the page's own style: it has no script and loads nothing. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json`: the description. `/docs`: the same for people. */
export function documentRoutes(app: ApiApp, version: string): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  let document: ApiDocument | undefined;
  const current = () => document ??= apiDocument(app, version);
  routes.get("/openapi.json", (c) => c.json(current()));
  routes.get("/docs", (c) => {
    c.header("content-security-policy", CONTENT_SECURITY_POLICY);
    c.header("x-content-type-options", "nosniff");
    return c.html(docsPage(current()));
  });
  return routes;
}
