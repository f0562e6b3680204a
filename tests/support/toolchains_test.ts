import { assertEquals } from "@std/assert";
import { referenceText } from "./reference_run.ts";
import { buildGo, GO_HELLO, hasGo } from "./toolchains.ts";

// Go is an optional tool: where it is not installed there is nothing to test.
Deno.test({
  name: "a Go program builds to a WASI command",
  ignore: !hasGo(),
  fn: async () => {
    assertEquals(
      await referenceText(await buildGo(GO_HELLO), { args: ["hello"] }),
      "Hello from Go!\n",
    );
  },
});
