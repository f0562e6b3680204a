import { assertEquals, assertMatch } from "@std/assert";
import { nodeFault } from "./node_version.ts";

Deno.test("a Node without SQLite is refused with what to do", () => {
  for (const version of ["18.20.8", "20.20.2", "22.12.0"]) {
    assertMatch(
      nodeFault(version)!,
      /^Cannot run on Node .+: Skerry needs 22\.13 or later, .+ node@24/,
    );
  }
});

Deno.test("every later Node is taken", () => {
  for (const version of ["22.13.0", "22.23.3", "24.0.0", "25.1.0-nightly"]) {
    assertEquals(nodeFault(version), undefined);
  }
});
