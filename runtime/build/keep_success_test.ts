import { assertEquals } from "@std/assert";
import { err, ok, type Result } from "../result.ts";
import { keepSuccess } from "./keep_success.ts";

/** Attempts that end as told, one after the other. */
function setUp(...results: readonly Result<string, string>[]) {
  const asked: string[] = [];
  const load = keepSuccess((name: string) => Promise.resolve(results[asked.push(name) - 1]!));
  return { asked, load };
}

Deno.test("A success is kept, whatever is asked for later", async () => {
  const { asked, load } = setUp(ok("first"));
  assertEquals([await load("a"), await load("b")], [ok("first"), ok("first")]);
  assertEquals(asked, ["a"]);
});

Deno.test("After a failure the next call tries again", async () => {
  const { asked, load } = setUp(err("missing"), ok("there"));
  assertEquals([await load("a"), await load("b")], [err("missing"), ok("there")]);
  assertEquals(asked, ["a", "b"]);
});

Deno.test("Calls at once share an attempt, also one that fails", async () => {
  const { asked, load } = setUp(err("missing"));
  assertEquals(await Promise.all([load("a"), load("b")]), [err("missing"), err("missing")]);
  assertEquals(asked, ["a"]);
});
