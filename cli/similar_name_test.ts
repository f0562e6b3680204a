import { assertEquals } from "@std/assert";
import { similarName } from "./similar_name.ts";

const NAMES = ["serve", "list", "log", "logs", "lock", "load", "invoke"];

for (
  const [given, meant] of [
    ["lsit", "list"],
    ["sevre", "serve"],
    ["invok", "invoke"],
    ["lods", "logs"],
    ["Log", "log"],
    ["logs", "logs"],
  ] as const
) {
  Deno.test(`${given} was probably meant to be ${meant}`, () => {
    assertEquals(similarName(given, NAMES), meant);
  });
}

for (const given of ["", "x", "start", "serverless", "ls"]) {
  Deno.test(`"${given}" is like no name`, () => assertEquals(similarName(given, NAMES), undefined));
}
