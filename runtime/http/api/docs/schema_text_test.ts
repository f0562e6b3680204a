import { assertEquals } from "@std/assert";
import { schemaText, typeName } from "./schema_text.ts";

Deno.test("a shape is written as people write it", () => {
  const schema = {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "integer", description: "From 1" },
      names: { type: "array", items: { enum: ["a", "b"] } },
      at: { type: ["string", "null"], format: "date-time" },
      inner: { type: "object", properties: { ok: { const: true } } },
      version: { $ref: "#/components/schemas/Version" },
      lang: {
        allOf: [{ $ref: "#/components/schemas/Language" }, { description: "Of the source" }],
      },
    },
  };
  assertEquals(
    schemaText(schema),
    `{
  id: integer  // From 1
  names?: ("a" | "b")[]
  at?: string (date-time) | null
  inner?: {
    ok?: true
  }
  version?: Version
  lang?: Language  // Of the source
}`,
  );
});

Deno.test("the type of a parameter is a few words", () => {
  assertEquals(typeName({ type: "string" }), "string");
  assertEquals(typeName({ anyOf: [{ type: "string" }, { type: "null" }] }), "string | null");
  assertEquals(typeName({ type: "object", properties: { a: {} } }), "object");
  assertEquals(typeName(undefined), "any");
});
