import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type ByteRange, parseRange } from "./byte_range.ts";

const RANGES: Record<string, ByteRange | "unsatisfiable" | undefined> = {
  "bytes=0-0": { first: 0, last: 0 },
  "bytes=2-5": { first: 2, last: 5 },
  "bytes=8-99": { first: 8, last: 9 },
  "bytes=3-": { first: 3, last: 9 },
  "bytes=-4": { first: 6, last: 9 },
  "bytes=-99": { first: 0, last: 9 },
  "Bytes= 1-2 ": { first: 1, last: 2 },
  "bytes=10-": "unsatisfiable",
  "bytes=10-20": "unsatisfiable",
  "bytes=-0": "unsatisfiable",
  "bytes=5-2": undefined,
  "bytes=-": undefined,
  "bytes=0-1,3-4": undefined,
  "items=0-1": undefined,
  "bytes=a-b": undefined,
  "": undefined,
};

for (const [header, range] of Object.entries(RANGES)) {
  Deno.test(`"${header}" of 10 bytes is ${JSON.stringify(range) ?? "everything"}`, () => {
    assertEquals(parseRange(header, 10), range);
  });
}

Deno.test("no header is everything, and an empty file has no range", () => {
  assertEquals(parseRange(null, 10), undefined);
  assertEquals(parseRange("bytes=0-", 0), "unsatisfiable");
  assertEquals(parseRange("bytes=-1", 0), "unsatisfiable");
});

Deno.test("a range is never outside the file", () => {
  const bound = fc.option(fc.bigInt({ min: 0n, max: 10n ** 30n }), { nil: "" });
  fc.assert(fc.property(bound, bound, fc.nat(), (first, last, size) => {
    const range = parseRange(`bytes=${first}-${last}`, size);
    if (range === undefined || range === "unsatisfiable") return;
    assertEquals(0 <= range.first && range.first <= range.last && range.last < size, true);
  }));
});
