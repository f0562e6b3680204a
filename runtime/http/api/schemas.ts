import { z } from "@hono/zod-openapi";
import { LANGUAGE_NAMES } from "../../build/language.ts";

/** The shapes of the management API's JSON, as its description shows them. */

const Text = z.string();
const Whole = z.int();

export const Diagnostic = z.object({
  severity: z.enum(["error", "warning", "note"]),
  message: Text,
  file: Text.optional(),
  line: Whole.optional().describe("From 1"),
  column: Whole.optional().describe("From 1"),
}).openapi("Diagnostic");

export const Problem = z.looseObject({
  type: Text.openapi({ example: "urn:skerry:error:function_not_found" }),
  title: Text,
  status: Whole,
  detail: Text.describe("What was attempted and what was found"),
  code: Text.describe("Stable; to be matched on").openapi({ example: "function_not_found" }),
  request_id: Text,
  function: Text.optional().describe("The route of the function concerned"),
  diagnostics: z.array(Diagnostic).optional().describe(
    "With build_failed: the compiler's messages",
  ),
}).openapi("Problem", { description: "RFC 9457, with a stable `code`" });

const Failure = z.object({ code: Text, message: Text });

export const Language = z.enum(LANGUAGE_NAMES).openapi("Language");

export const Version = z.object({
  id: Text.openapi({ example: "hello_1764380000" }),
  content_hash: Text.describe("SHA-256 over source, language and configuration"),
  language: Language,
  size: Whole.describe("Bytes of the source"),
  created_at: z.iso.datetime(),
  is_active: z.boolean(),
  has_module: z.boolean().describe("Whether the build made a module of its own"),
}).openapi("Version", { description: "An immutable version of a deployed function" });

const status = {
  route: Text.openapi({ example: "/hello" }),
  method: Text.optional().describe(
    "The method it answers there; absent if the route is all its own",
  ),
  source: z.enum(["folder", "deployed", "route"]),
  file: Text,
  state: z.enum(["ready", "unloaded", "loading", "broken"]),
  version: Text.optional().describe("The beginning of the SHA-256 over module and configuration"),
  size: Whole.describe("Bytes of the module or source"),
  methods: z.array(Text).optional().describe("Absent if it answers all"),
  error: Failure.optional().describe("Why it, or its newest content, cannot be served"),
  loadedAt: z.iso.datetime().optional(),
  name: Text.optional().describe("Of deployed functions only"),
  language: Language.optional().describe("Of deployed functions, and of sources in the folder"),
};

export const FunctionStatus = z.object(status).openapi("FunctionStatus");

export const FunctionDetail = z.object({
  ...status,
  name: Text.describe("The name it was deployed under, or its route without the first slash"),
  id: Text.optional().describe("The active version"),
  versions: z.array(Version).optional().describe("Newest first"),
  config: Text.nullable().optional().describe("The text of its NAME.toml"),
  url: Text.optional().describe("The path it answers at, of one that was just deployed"),
  also: z.array(FunctionStatus).optional().describe(
    "Others at the same paths: they answer other methods, or cannot be reached",
  ),
}).openapi("Function");

export const Deployment = z.strictObject({
  name: Text.optional().describe("As in the query"),
  lang: Language.optional().describe("As in the query"),
  code: Text.describe("The source"),
  base64: z.boolean().optional().describe("Whether `code` is base64, as a module's must be"),
  config: Text.nullable().optional().describe("The text of its NAME.toml"),
  replace: z.boolean().optional().describe("As in the query"),
}).openapi("Deployment");

export const Rollback = z.strictObject({
  version: Text.nullable().optional().describe("The one before the active one if absent"),
}).openapi("Rollback");

export const LogEntry = z.object({
  id: Whole.describe("Grows from entry to entry"),
  time: z.iso.datetime(),
  function: Text.describe("The route"),
  request_id: Text.optional(),
  method: Text.optional(),
  path: Text.optional(),
  status: Whole.optional(),
  run_ms: z.number().optional(),
  run_path: Text.optional(),
  fuel: Whole.optional(),
  code: Text.optional().describe("Of a failure"),
  message: Text.optional(),
  stderr: Text.optional().describe("What the function wrote to standard error"),
  truncated: z.boolean().optional(),
  dropped: Whole.optional().describe("Entries lost before this one"),
}).openapi("LogEntry");

export const RouteRow = z.object({
  key: Text.openapi({ example: "POST:/api/convert" }),
  value: Text.describe("The row's JSON, as it stands in the table"),
  updated: Whole.describe("Unix seconds"),
  state: z.enum(["ready", "unloaded", "loading", "broken"]),
  error: Failure.optional(),
}).openapi("RouteRow");

export const NameParams = z.object({
  name: Text.openapi({
    description:
      "A deployed function's name, a route without its first slash, or METHOD:/path of a row, percent-encoded",
    example: "hello",
  }),
});
