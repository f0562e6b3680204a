import { assertEquals } from "@std/assert";
import { plainPaint } from "../terminal.ts";
import { Latencies } from "./latencies.ts";
import { histogramLines, reportJson, reportLines } from "./report.ts";
import { LoadTally } from "./run_load.ts";

const TERMINAL = { columns: undefined, paint: plainPaint };

/** 100 requests in a second, the last of them failed and slow. */
function tallied(hasRate: boolean): LoadTally {
  const tally = new LoadTally(0, hasRate);
  for (let n = 1; n <= 100; n++) {
    const isSuccess = n < 100;
    const label = isSuccess ? "200" : "503 overloaded";
    const doneMs = n * 10;
    const tookMs = isSuccess ? 2 : 40;
    const sentMs = doneMs - tookMs / 2;
    tally.add({ label, isSuccess }, { intendedMs: doneMs - tookMs, sentMs, doneMs });
  }
  return tally;
}

Deno.test("The report says how fast, how slow, and what became of it", () => {
  const report = { title: "GET http://h/hello", plan: { clients: 2 }, tally: tallied(false) };
  assertEquals(reportLines(report, TERMINAL), [
    "GET http://h/hello",
    "100 requests by 2 clients in 1.00 s",
    "100 requests per second",
    "",
    "       LATENCY",
    "mean   2.38 ms",
    "p50    2.00 ms",
    "p90    2.00 ms",
    "p99    2.00 ms",
    "p99.9  40.0 ms",
    "max    40.0 ms",
    "",
    "OUTCOME         COUNT",
    "200                99  99.0 %",
    "503 overloaded      1   1.0 %",
    "",
    " 2.00 ms – 3.00 ms          99  ████████████████████████████████████████",
    " 3.00 ms – 5.00 ms           0",
    " 5.00 ms – 7.00 ms           0",
    " 7.00 ms – 10.0 ms           0",
    " 10.0 ms – 15.0 ms           0",
    " 15.0 ms – 20.0 ms           0",
    " 20.0 ms – 30.0 ms           0",
    " 30.0 ms – 50.0 ms           1  ▍",
  ]);
});

Deno.test("At a rate both latencies are told, and a pace that was not kept", () => {
  const plan = { clients: 1, ratePerSecond: 150 };
  const lines = reportLines({ title: "t", plan, tally: tallied(true) }, TERMINAL);
  assertEquals(lines.slice(1, 7), [
    "100 requests by 1 client in 1.00 s",
    "100 requests per second",
    "150 per second were asked for: the answers, or this injector, were too slow",
    "",
    "       LATENCY  ONCE SENT",
    "mean   2.38 ms    1.19 ms",
  ]);
});

Deno.test("Scripts get numbers", () => {
  const plan = { clients: 2, ratePerSecond: 100 };
  const json = reportJson({ title: "t", plan, tally: tallied(true) });
  assertEquals([json.requests, json.requests_per_second, json.duration_s], [100, 100, 1]);
  assertEquals(Object.keys(json.latency_ms), ["mean", "p50", "p90", "p99", "p99.9", "max"]);
  assertEquals([json.latency_ms.max, json.once_sent_ms.max], [40, 20]);
  assertEquals(json.outcomes[1], { outcome: "503 overloaded", count: 1, ok: false });
  assertEquals(json.histogram[0], { from_ms: 2, to_ms: 3, count: 99 });
});

Deno.test("Bars fit the terminal", () => {
  const latencies = new Latencies();
  for (let n = 0; n < 1000; n++) latencies.record(1);
  latencies.record(2);
  const lines = histogramLines(latencies, { columns: 50 });
  assertEquals(lines, [
    " 1.00 ms – 1.50 ms       1,000  ████████████",
    " 1.50 ms – 2.00 ms           0",
    " 2.00 ms – 3.00 ms           1  ▏",
  ]);
});
