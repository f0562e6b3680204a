import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { headerOfText, textOfHeader } from "./header_text.ts";

Deno.test("UTF-8 in a header is read as the text it spells", () => {
  assertEquals(textOfHeader("\xc3\xa9"), "é");
});

Deno.test("bytes that are not UTF-8 stay as they are", () => {
  assertEquals(textOfHeader("caf\xe9"), "caf\xe9");
});

Deno.test("every text survives being a header", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assertEquals(textOfHeader(headerOfText(text)), text);
  }));
});
