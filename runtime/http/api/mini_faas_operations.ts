import { type RouteConfig, z } from "@hono/zod-openapi";
import { operation, unchecked } from "./api_app.ts";
import { Diagnostic, Language } from "./schemas.ts";

const tags = ["Deploy and invoke"];

const Failure = z.looseObject({
  ok: z.literal(false),
  error: z.string(),
  code: z.string().describe("Stable; to be matched on"),
  diagnostics: z.array(Diagnostic).optional(),
}).openapi("Failure");

const failures = {
  "4XX": { description: "It failed", content: { "application/json": { schema: Failure } } },
  "5XX": { description: "It failed", content: { "application/json": { schema: Failure } } },
};

/** The API at the root, described; `routes/mini_faas.ts` answers it. */
export function miniFaasOperations(): RouteConfig[] {
  return [deploy(), invoke(), show()];
}

function deploy(): RouteConfig {
  const answer = z.object({
    ok: z.literal(true),
    id: z.string().openapi({ example: "hello_1764380000" }),
    name: z.string(),
    lang: Language,
    wasm: z.boolean().describe("Whether the build made a module of its own"),
    url: z.string(),
  });
  return operation({
    method: "post",
    path: "/deploy",
    tags,
    summary: "Deploy a function",
    request: {
      query: z.object({
        name: z.string().optional(),
        lang: Language.optional(),
        replace: z.boolean().optional(),
      }),
      body: {
        description: "The source or module as it is, or everything as JSON",
        required: true,
        content: {
          "application/octet-stream": { schema: { type: "string", format: "binary" } },
          "application/json": { schema: unchecked("Deployment") },
        },
      },
    },
    responses: {
      200: { description: "It serves", content: { "application/json": { schema: answer } } },
      ...failures,
    },
  });
}

function invoke(): RouteConfig {
  const answer = z.object({
    ok: z.literal(true),
    output: z.string(),
    base64: z.boolean().optional().describe("Whether `output` is base64, as it is not UTF-8"),
    status: z.int().optional().describe("The status the function gave, unless 200"),
  });
  return operation({
    method: "post",
    path: "/invoke",
    tags,
    summary: "Call a function",
    request: {
      query: z.object({
        fn: z.string().openapi({
          description: "A name, the id of a version (the active one answers), or a path",
        }),
        handler: z.string().optional().openapi({ description: "The export to call, of a module" }),
      }),
      body: {
        description: "What the function reads as its body",
        content: {
          "application/octet-stream": { schema: { type: "string", format: "binary" } },
        },
      },
    },
    responses: {
      200: { description: "Its output", content: { "application/json": { schema: answer } } },
      ...failures,
    },
  });
}

function show(): RouteConfig {
  const answer = z.object({
    ok: z.literal(true),
    id: z.string(),
    name: z.string(),
    lang: Language,
    size: z.int().describe("Bytes of the source"),
    code: z.string(),
    base64: z.boolean().optional().describe("Whether `code` is base64, as it is not UTF-8"),
    wasm: z.boolean(),
    url: z.string(),
    created_at: z.iso.datetime(),
    content_hash: z.string(),
    config: z.string().optional(),
  });
  return operation({
    method: "get",
    path: "/function/{name}",
    tags,
    summary: "Read a function's source",
    request: {
      params: z.object({ name: z.string().openapi({ description: "A name, or a version's id" }) }),
    },
    responses: {
      200: { description: "The function", content: { "application/json": { schema: answer } } },
      ...failures,
    },
  });
}
