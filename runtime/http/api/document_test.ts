import { assertEquals, assertMatch } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { DEFAULT_REQUEST_LIMITS } from "../app_options.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { Invoker } from "../invoke/invoker.ts";
import { managementApp } from "../management.ts";
import { managementApi } from "./management_api.ts";
import { wholeApp } from "./testing.ts";

interface Operation {
  readonly summary?: string;
  readonly responses: Record<string, unknown>;
}

async function document() {
  const response = await wholeApp().send("GET", "/_/openapi.json");
  return await response.json() as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, unknown> };
  };
}

Deno.test("the description is valid OpenAPI 3.1", async () => {
  const found = await document();
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(found)));
  assertEquals([valid, errors], [true, undefined]);
  assertEquals([found.openapi, validator.version], ["3.1.0", "3.1"]);
});

Deno.test("every schema that is named is there", async () => {
  const found = await document();
  const named = [...JSON.stringify(found).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  const missing = named.map(([, name]) => name!).filter((name) =>
    !(name in found.components.schemas)
  );
  assertEquals(missing, []);
  assertEquals(named.length > 20, true);
});

Deno.test("every described operation is answered, and in no undescribed way", async () => {
  const { paths } = await document();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      const { send } = wholeApp();
      const response = await send(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, "nothing"));
      const status = String(response.status);
      await response.body?.cancel();
      const described = Object.keys(responses).map((each) => each.replace("XX", "\\d\\d"));
      assertMatch(status, new RegExp(`^(${described.join("|")})$`), `${method} ${path}`);
    }
  }
});

Deno.test("every page of the API is described", async () => {
  const { paths } = await document();
  const { options } = wholeApp();
  const limits = DEFAULT_REQUEST_LIMITS;
  const invoker = new Invoker({ ...options, clock: SYSTEM_CLOCK });
  const routes = [
    ...managementApp(options, invoker).routes,
    ...managementApi({ ...options, limits }).routes,
  ];
  const pages = routes.filter(({ method, path }) =>
    method !== "ALL" && !/[*+]|^\/_\/ui/.test(path)
  );
  const described = pages.map(({ method, path }) => {
    return [
      method,
      path,
      paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()]?.summary,
    ];
  });
  assertEquals(described.filter(([, , summary]) => summary === undefined), []);
  assertEquals(described.length >= 30, true);
});

Deno.test("the page shows every operation, and loads nothing", async () => {
  const response = await wholeApp().send("GET", "/_/docs");
  assertEquals(response.headers.get("content-type"), "text/html; charset=UTF-8");
  const policy = response.headers.get("content-security-policy");
  assertMatch(policy ?? "", /^default-src 'none'; style-src 'unsafe-inline';/);
  const page = await response.text();
  const { paths, components } = await document();
  for (const operations of Object.values(paths)) {
    for (const { summary } of Object.values(operations)) {
      assertEquals(page.includes(`>${summary!.replaceAll("'", "&#39;")}</h3>`), true, summary);
    }
  }
  for (const name of Object.keys(components.schemas)) {
    assertEquals(page.includes(`<article id="schema-${name}">`), true, name);
  }
  assertEquals(/<script|<link|src=|url\(|https?:\/\//.test(page), false);
});

Deno.test("every link of the page leads to a place on it", async () => {
  const page = await (await wholeApp().send("GET", "/_/docs")).text();
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  assertEquals(ids.length, new Set(ids).size);
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
  assertEquals(links.filter((id) => !ids.includes(id)), []);
});
