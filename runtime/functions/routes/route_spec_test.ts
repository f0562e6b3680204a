import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseRouteKey } from "./route_key.ts";
import { parseRouteSpec } from "./route_spec.ts";

const PATHS = fc.array(fc.oneof(fc.string(), fc.constantFrom("[id]", "[...rest]", "index")));

Deno.test("any text is a key or an error, and a key's route reads as itself", () => {
  const keys = fc.oneof(fc.string(), PATHS.map((segments) => `GET:/${segments.join("/")}`));
  fc.assert(fc.property(keys, (text) => {
    const key = parseRouteKey(text);
    if (!key.ok) return assertEquals(key.error.code, "invalid_config");
    assertEquals(parseRouteKey(`${key.value.method}:${key.value.pattern.route}`), key);
  }));
});

Deno.test("any JSON is a row or an error of one line", () => {
  fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), rows()), (text) => {
    const spec = parseRouteSpec("GET:/a", text, () => undefined);
    if (!spec.ok) {
      assertEquals([spec.error.code, /\n/.test(spec.error.message)], ["invalid_config", false]);
    }
  }));
});

/** What comes near a row. */
function rows() {
  const member = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.jsonValue());
  const names = ["runtime", "module", "memory", "timeout", "limits", "env", "mounts", "__proto__"];
  return fc.dictionary(fc.constantFrom(...names), member).map((value) => {
    return JSON.stringify({ runtime: "wasm", module: "a.wasm", ...value });
  });
}
