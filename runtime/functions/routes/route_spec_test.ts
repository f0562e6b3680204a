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

/** The limits of a row, or what is wrong with it. */
function limitsOf(members: Record<string, unknown>): unknown {
  const row = JSON.stringify({ runtime: "wasm", module: "a.wasm", ...members });
  const spec = parseRouteSpec("GET:/a", row, () => undefined);
  if (!spec.ok) return spec.error.message;
  const { memoryPages, timeoutMs } = spec.value.config.limits;
  return [memoryPages / 16, timeoutMs];
}

Deno.test("a limit under two names is one limit, or an error", () => {
  const both = { memory: 64, timeout: 1.5 };
  assertEquals(limitsOf({ ...both, limits: { memory_mb: 64, timeout_ms: 1500 } }), [64, 1500]);
  assertEquals(limitsOf({ memory: 64, limits: { timeout_ms: 1500 } }), [64, 1500]);
  const end = "they mean the same limit; leave one of them out";
  assertEquals(
    limitsOf({ ...both, limits: { memory_mb: 128 } }),
    `Cannot read GET:/a: memory is 64, and limits.memory_mb is 128: ${end}`,
  );
  assertEquals(
    limitsOf({ ...both, limits: { timeout_ms: 500 } }),
    `Cannot read GET:/a: timeout is 1.5, and limits.timeout_ms is 500: ${end}`,
  );
  assertEquals(
    limitsOf({ ...both, limits: { memory_mb: "lots" } }),
    `Cannot read GET:/a: memory is 64, and limits.memory_mb is "lots": ${end}`,
  );
});

/** What comes near a row. */
function rows() {
  const member = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.jsonValue());
  const names = ["runtime", "module", "memory", "timeout", "limits", "env", "mounts", "__proto__"];
  return fc.dictionary(fc.constantFrom(...names), member).map((value) => {
    return JSON.stringify({ runtime: "wasm", module: "a.wasm", ...value });
  });
}
