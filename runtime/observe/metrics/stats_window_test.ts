import { assertAlmostEquals, assertEquals } from "@std/assert";
import { FunctionMetricsTable } from "./function_metrics.ts";
import { StatsWindow } from "./stats_window.ts";

function setUp() {
  const table = new FunctionMetricsTable();
  let nowMs = 0;
  const call = (route: string, runMs: number, status = 200) => {
    table.add({ requestId: "r", method: "GET", path: route, route, status, runMs, fuel: 10 });
  };
  call("/old", 1000);
  const window = new StatsWindow(table, () => nowMs);
  const lookAfter = (ms: number) => {
    nowMs += ms;
    return window.look();
  };
  return { call, lookAfter };
}

Deno.test("A look tells what happened since the last one, for all and for each that was called", () => {
  const { call, lookAfter } = setUp();
  for (let i = 0; i < 4; i++) call("/a", 10);
  call("/b", 100, 500);
  const { requests_per_second, failures_per_second, fuel_per_second, p99_ms, functions } =
    lookAfter(2000);
  assertEquals([requests_per_second, failures_per_second, fuel_per_second], [2.5, 0.5, 25]);
  assertAlmostEquals(p99_ms, 100, 10);
  const rates = functions.map((each) => [each.function, each.requests_per_second]);
  assertEquals(rates, [["/a", 2], ["/b", 0.5]]);
  assertEquals(lookAfter(1000).functions, []);
});

Deno.test("Where nothing happened there is nothing to tell", () => {
  const { time, ...activity } = setUp().lookAfter(1000);
  assertEquals(time, "1970-01-01T00:00:01.000Z");
  assertEquals(Object.values(activity), [0, 0, 0, 0, 0, 0, []]);
});

Deno.test("A clock that stands still or goes back gives finite rates", () => {
  const { call, lookAfter } = setUp();
  call("/a", 1);
  assertEquals(lookAfter(0).requests_per_second, 1000);
  call("/a", 1);
  assertEquals(lookAfter(-5000).requests_per_second, 1000);
});
