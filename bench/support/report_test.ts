import { assertEquals } from "@std/assert";
import { formatReport, isMet, relativeTo, type Row, type Target } from "./report.ts";

const BARE: Row = { label: "bare", unit: "µs", values: [2, 1, 3] };

Deno.test("a target says at most or at least, and NaN meets neither", () => {
  const target: Target = { claim: "", value: 10, unit: "µs", bound: "at most", limit: 10 };
  assertEquals(isMet(target), true);
  assertEquals(isMet({ ...target, value: 10.1 }), false);
  assertEquals(isMet({ ...target, bound: "at least", value: 10.1 }), true);
  assertEquals(isMet({ ...target, bound: "at least", value: 9.9 }), false);
  assertEquals(isMet({ ...target, value: NaN }), false);
  assertEquals(isMet({ ...target, value: NaN, bound: "at least" }), false);
});

Deno.test("a row's ratio is that of the medians", () => {
  assertEquals(relativeTo(BARE, { label: "x", unit: "µs", values: [6, 100, 1] }).ratio, 3);
});

Deno.test("a report prints its table, targets and notes", () => {
  const text = formatReport("How long?", {
    rows: [BARE, relativeTo(BARE, { label: "recycled", unit: "µs", values: [4] })],
    targets: [
      { claim: "the difference", value: 2, unit: "µs", bound: "at most", limit: 10 },
      { claim: "the ratio", value: 0.4, unit: "", bound: "at least", limit: 0.5 },
    ],
    notes: ["A note."],
  });
  assertEquals(
    text,
    `## How long?

| variant  |  median | ratio | rounds         |
| -------- | ------: | ----: | -------------- |
| bare     | 2.00 µs |       | 2.00 1.00 3.00 |
| recycled | 4.00 µs |  2.00 | 4.00           |

- met: the difference: 2.00 µs (at most 10 µs)
- NOT MET: the ratio: 0.400 (at least 0.5)

- A note.`,
  );
});

Deno.test("without ratios there is no column for them, and empty sections leave no gap", () => {
  assertEquals(
    formatReport("How long?", { rows: [BARE], targets: [], notes: [] }),
    `## How long?

| variant |  median | rounds         |
| ------- | ------: | -------------- |
| bare    | 2.00 µs | 2.00 1.00 3.00 |`,
  );
});
