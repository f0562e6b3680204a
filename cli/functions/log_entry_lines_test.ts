import { assertEquals } from "@std/assert";
import { logEntryLines } from "./log_entry_lines.ts";

const TIME = "2026-01-01T00:00:00.000Z";

Deno.test("An entry says when, what, how long, and what the function wrote", () => {
  const lines = logEntryLines({
    id: 1,
    time: TIME,
    function: "/hello",
    request_id: "r-1",
    method: "GET",
    path: "/hello",
    status: 200,
    run_ms: 0.4,
    fuel: 1234,
    stderr: "one\ntwo\n",
  });
  assertEquals(lines, [
    `${TIME}  200  GET /hello  0.40 ms  1234 fuel  r-1`,
    "  one",
    "  two",
  ]);
});

Deno.test("A failure is named, and so is what was lost", () => {
  const failure = { status: 500, code: "function_trapped", message: "unreachable" };
  assertEquals(
    logEntryLines({ id: 2, time: TIME, function: "/x", dropped: 3, ...failure }),
    ["3 entries before this one were lost", `${TIME}  500`, "  function_trapped: unreachable"],
  );
  const cut = logEntryLines({ id: 3, time: TIME, function: "/x", stderr: "a", truncated: true });
  assertEquals(cut.slice(1), ["  a", "  … and more, which was not kept"]);
});

Deno.test("A function cannot move the terminal's cursor", () => {
  const [, line] = logEntryLines({ id: 4, time: TIME, function: "/x", stderr: "\u001b[2J\tx" });
  assertEquals(line, "  \ufffd[2J\tx");
});
