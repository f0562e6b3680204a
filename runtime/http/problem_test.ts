import { assertEquals } from "@std/assert";
import { skerryError } from "../errors.ts";
import { problemResponse, statusOf } from "./problem.ts";

Deno.test("an error is a problem document with its own details", async () => {
  const error = skerryError("function_exited", "Cannot answer from /x: it exited with code 3", {
    exit_code: 3,
  });
  const response = problemResponse(error, { requestId: "r-1", route: "/x" });
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(response.headers.get("x-request-id"), "r-1");
  assertEquals(await response.json(), {
    exit_code: 3,
    type: "urn:skerry:error:function_exited",
    title: "Function exited",
    status: 500,
    detail: "Cannot answer from /x: it exited with code 3",
    code: "function_exited",
    function: "/x",
    request_id: "r-1",
  });
});

Deno.test("details cannot replace what a problem says of itself", async () => {
  const error = skerryError("timeout", "Cannot wait", { status: 200, code: "fine" });
  const body = await problemResponse(error, { requestId: "r-1" }).json();
  assertEquals([body.status, body.code], [504, "timeout"]);
});

Deno.test("further headers are sent, and the body can be left out", async () => {
  const error = skerryError("overloaded", "Cannot run: the queue is full");
  const headers = { "retry-after": "2" };
  const response = problemResponse(error, { requestId: "r-1", headers, omitBody: true });
  assertEquals(response.headers.get("retry-after"), "2");
  assertEquals(await response.text(), "");
  const whole = problemResponse(error, { requestId: "r-1", headers });
  const length = String((await whole.arrayBuffer()).byteLength);
  assertEquals(whole.headers.get("content-length"), length);
  assertEquals(response.headers.get("content-length"), length);
});

const STATUSES = {
  bad_function_output: 502,
  bad_request: 400,
  forbidden: 403,
  fuel_exhausted: 500,
  function_exited: 500,
  function_not_found: 404,
  function_trapped: 500,
  internal_error: 500,
  invalid_config: 500,
  invalid_module: 422,
  memory_exceeded: 500,
  method_not_allowed: 405,
  overloaded: 503,
  range_not_satisfiable: 416,
  request_timeout: 408,
  request_too_large: 413,
  route_conflict: 500,
  shutting_down: 503,
  timeout: 504,
  unauthorized: 401,
} as const;

for (const [code, status] of Object.entries(STATUSES)) {
  Deno.test(`${code} is ${status}`, () => {
    assertEquals(statusOf(code as keyof typeof STATUSES), status);
  });
}
