import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import { directiveName, utf16Refusal, utf8Text, withoutByteOrderMark } from "./source_text.ts";

const MARK = [0xef, 0xbb, 0xbf];

function sourceOf(bytes: Iterable<number>) {
  return { fileName: "a b.js", bytes: Uint8Array.from(bytes) };
}

function encoded(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

Deno.test("Text is read without its byte order mark, and with the replacement characters it has", () => {
  assertEquals(valueOf(utf8Text(sourceOf([...MARK, ...encoded("ü\ufffd")]))), "ü\ufffd");
  assertEquals(valueOf(utf8Text(sourceOf([]))), "");
});

Deno.test("What is not UTF-8 is refused with byte, offset, line and column", () => {
  const { code, message, details } = errorOf(
    utf8Text(sourceOf([...encoded("// ü\ufffd\nx = 'ü"), 0xe4, 0x27])),
  );
  assertEquals(code, "build_failed");
  const found = "not UTF-8: the byte 0xe4 at offset 16";
  assertEquals(message, `Cannot build a b.js: a b.js:2:7: ${found}`);
  const at = { file: "a b.js", line: 2, column: 7 };
  assertEquals(details, { diagnostics: [{ severity: "error", message: found, ...at }] });
});

Deno.test("The offset is where the sequence begins that stands for nothing", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom([0xff], [0xc3], [0xe2, 0x82], [0xef, 0xbf], [0xed, 0xa0, 0x80], [0x80]),
      fc.constantFrom("", "a", "\ufffd\n"),
      (before, bad, after) => {
        const offset = encoded(before).length;
        const bytes = [...encoded(before), ...bad, ...encoded(after)];
        const { message } = errorOf(utf8Text(sourceOf(bytes)));
        assertEquals(/ at offset (\d+)/.exec(message)![1], String(offset));
      },
    ),
  );
});

Deno.test("UTF-16 is told from other bytes", () => {
  for (const mark of [[0xff, 0xfe], [0xfe, 0xff]]) {
    const { message } = utf16Refusal(sourceOf([...mark, 0x61, 0]))!;
    assertEquals(message.endsWith("; it begins as UTF-16 does, save it as UTF-8"), true);
  }
  for (const bytes of [[], [0xff], [0xff, 0x61], MARK]) {
    assertEquals(utf16Refusal(sourceOf(bytes)), undefined);
  }
});

Deno.test("Only a mark at the beginning is taken away", () => {
  const bytes = Uint8Array.from([...MARK, 0x61, ...MARK]);
  assertEquals([...withoutByteOrderMark(bytes)], [0x61, ...MARK]);
  assertEquals([...withoutByteOrderMark(bytes.subarray(1))], [...bytes.subarray(1)]);
});

Deno.test("A name in a directive stays on its line", () => {
  assertEquals(directiveName("a\nb\u0085 ü.c"), "a_b_ ü.c");
});
