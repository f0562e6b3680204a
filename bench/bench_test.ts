import { assert, assertEquals } from "@std/assert";
import { BENCHES } from "./benches.ts";
import { formatReport } from "./support/report.ts";

Deno.test("every benchmark has a name of its own", () => {
  assertEquals(new Set(BENCHES.map(({ name }) => name)).size, BENCHES.length);
});

for (const { name, question, run } of BENCHES) {
  Deno.test(`the benchmark "${name}" runs, and finds the answers it expects`, async () => {
    const report = await run("tiny");
    assert(report.rows.length > 0);
    for (const { label, values } of report.rows) {
      assert(values.length > 0 && values.every((value) => value > 0), `${label}: ${values}`);
    }
    assert(report.targets.length > 0);
    for (const { claim, value } of report.targets) assert(Number.isFinite(value), claim);
    assert(formatReport(question, report).startsWith(`## ${question}\n`));
  });
}
