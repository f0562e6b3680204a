import { assertEquals } from "@std/assert";
import { skerryError } from "../../errors.ts";
import { FunctionMetricsTable, OTHERS } from "./function_metrics.ts";

function report(route: string | undefined, more = {}) {
  return { requestId: "r", method: "GET", path: "/x", status: 200, route, ...more };
}

Deno.test("Requests are counted by function and outcome, with fuel and time", () => {
  const table = new FunctionMetricsTable();
  const error = skerryError("timeout", "Too slow");
  table.add(report("/a", { runMs: 2, fuel: 100 }));
  table.add(report("/a", { runMs: 4, fuel: 50, waitedMs: 1, error, status: 504 }));
  table.add(report("/b"));
  const [a, b] = table.list();
  assertEquals([...a!.outcomes], [["ok", 1], ["timeout", 1]]);
  assertEquals([a!.requests, a!.failures, a!.fuel], [2, 1, 150]);
  assertEquals([a!.durations.count, a!.durations.sumMs, table.waits.count], [2, 6, 1]);
  assertEquals([b!.requests, b!.durations.count], [1, 0]);
});

Deno.test("What found no function is not counted", () => {
  const table = new FunctionMetricsTable();
  table.add(report(undefined, { status: 404 }));
  assertEquals(table.list(), []);
});

Deno.test("A client's mistake is an outcome, but no failure", () => {
  const table = new FunctionMetricsTable();
  table.add(report("/a", { status: 413, error: skerryError("request_too_large", "Too large") }));
  const [a] = table.list();
  assertEquals([[...a!.outcomes.keys()], a!.failures], [["request_too_large"], 0]);
});

Deno.test("Beyond the most that are told apart, functions are counted together", () => {
  const table = new FunctionMetricsTable(2);
  for (const route of ["/a", "/b", "/c", "/d", "/a"]) table.add(report(route));
  const counts = table.list().map(({ route, requests }) => [route, requests]);
  assertEquals(counts, [["/a", 2], ["/b", 1], [OTHERS, 2]]);
});
