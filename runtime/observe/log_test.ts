import { assertEquals } from "@std/assert";
import { createLog, LOG_LEVELS, type LogLevel } from "./log.ts";

function setUp(format: "pretty" | "json", useColour = false, level?: () => LogLevel) {
  const lines: string[] = [];
  const log = createLog({
    format,
    level,
    useColour,
    writeLine: (line) => lines.push(line),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
  });
  return { log, lines };
}

Deno.test("The pretty format has time, level, message and fields", () => {
  const { log, lines } = setUp("pretty");
  log.warn("Something odd", { function: "/hello", times: 3, left_out: undefined, why: "a reason" });
  assertEquals(lines, [
    `03:04:05.678 warn  Something odd function=/hello times=3 why="a reason"`,
  ]);
});

Deno.test("The JSON format is one object a line", () => {
  const { log, lines } = setUp("json");
  log.error("Broken", { code: "x", level: "forged" });
  assertEquals(JSON.parse(lines[0]!), {
    code: "x",
    level: "error",
    message: "Broken",
    time: "2026-01-02T03:04:05.678Z",
  });
});

Deno.test("Nothing a function writes can begin a line of its own or colour the terminal", () => {
  for (const format of ["pretty", "json"] as const) {
    const { log, lines } = setUp(format);
    log.info("one\ntwo\x1b[31m", { field: "a\r\nb\x07", eightBit: "\x7f\x9b31m\u2028" });
    assertEquals(lines.length, 1);
    assertEquals(/[\p{Cc}\p{Zl}]/u.test(lines[0]!), false);
  }
});

Deno.test("Colours are used only where asked for", () => {
  const { log, lines } = setUp("pretty", true);
  log.info("hello");
  assertEquals(lines, ["\x1b[2m03:04:05.678 info \x1b[0m hello"]);
});

Deno.test("What matters less than the level is not written, and the level may change", () => {
  let level: LogLevel = "info";
  const { log, lines } = setUp("pretty", false, () => level);
  const written = () => {
    lines.length = 0;
    for (const each of LOG_LEVELS) log[each](each);
    return lines.map((line) => line.split(" ").at(-1));
  };
  assertEquals(written(), ["info", "warn", "error"]);
  level = "debug";
  assertEquals([written(), log.writes("debug")], [["debug", "info", "warn", "error"], true]);
  level = "error";
  assertEquals([written(), log.writes("warn")], [["error"], false]);
});
