import { assertEquals } from "@std/assert";
import { Lifetime } from "./lifetime.ts";

Deno.test("What was opened last is closed first, each before the next, and once", async () => {
  const lifetime = new Lifetime();
  const closed: string[] = [];
  lifetime.atEnd(() => closed.push("folder"));
  lifetime.atEnd(async () => {
    closed.push("database, begun");
    await Promise.resolve();
    closed.push("database");
  });
  assertEquals(lifetime.isEnding, false);
  await lifetime.end();
  await lifetime.end();
  assertEquals(closed, ["database, begun", "database", "folder"]);
  assertEquals(lifetime.isEnding, true);
});
