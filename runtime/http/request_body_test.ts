import { assertEquals } from "@std/assert";
import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";
import { hasBody, NO_BODY, readBody } from "./request_body.ts";
import { bytes } from "./testing_fakes.ts";
import { FakeClock } from "../testing_clock.ts";

const LIMITS = { requestBytes: 10, bodyTimeoutMs: 1000 };

/** A request whose body is fed by hand. */
function streamed(headers: Record<string, string> = {}) {
  let cancelled = false;
  let controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (given) => void (controller = given),
    cancel: () => void (cancelled = true),
  });
  const request = new Request("http://h/", { method: "POST", body, headers });
  return { request, controller, isCancelled: () => cancelled };
}

function codeOf(result: Result<Uint8Array, SkerryError>): string {
  return result.ok ? "ok" : result.error.code;
}

Deno.test("GET and HEAD have no body, others if they bring one", () => {
  assertEquals(hasBody("GET", new Request("http://h/")), false);
  assertEquals(hasBody("POST", new Request("http://h/", { method: "POST" })), false);
  assertEquals(hasBody("POST", new Request("http://h/", { method: "POST", body: "" })), true);
});

Deno.test("a request without a body shares one empty array", async () => {
  const result = await readBody(new Request("http://h/"), LIMITS, new FakeClock());
  assertEquals(result.ok && result.value === NO_BODY, true);
});

Deno.test("chunks are put together, up to exactly the limit", async () => {
  const { request, controller } = streamed();
  for (const chunk of ["01234", "567", "89"]) controller.enqueue(bytes(chunk));
  controller.close();
  const clock = new FakeClock();
  assertEquals(await readBody(request, LIMITS, clock), { ok: true, value: bytes("0123456789") });
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a stream over the limit is refused and cancelled", async () => {
  const { request, controller, isCancelled } = streamed();
  controller.enqueue(bytes("0123456789"));
  controller.enqueue(bytes("0"));
  const clock = new FakeClock();
  assertEquals(await readBody(request, LIMITS, clock), {
    ok: false,
    error: {
      code: "request_too_large",
      message: "Cannot read the body: it is larger than 10 bytes",
      details: { limit: 10 },
    },
  });
  assertEquals(isCancelled(), true);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("a declared length over the limit is refused before anything is read", async () => {
  const { request, isCancelled } = streamed({ "content-length": "11" });
  assertEquals(codeOf(await readBody(request, LIMITS, new FakeClock())), "request_too_large");
  assertEquals(isCancelled(), true);
});

Deno.test("a body that drips is given up when its time is over", async () => {
  const { request, controller, isCancelled } = streamed();
  const clock = new FakeClock();
  const reading = readBody(request, LIMITS, clock);
  for (let second = 0; second < 4; second++) {
    controller.enqueue(bytes("x"));
    clock.advance(249);
    await Promise.resolve();
  }
  assertEquals(isCancelled(), false);
  clock.advance(4);
  assertEquals(await reading, {
    ok: false,
    error: {
      code: "request_timeout",
      message: "Cannot read the body: it was not complete after 1000 ms",
      details: { timeout_ms: 1000 },
    },
  });
  assertEquals(isCancelled(), true);
});

Deno.test("a client that leaves half-way is a bad request", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(bytes("abc"));
      else controller.error(new Error("connection reset"));
    },
  }, { highWaterMark: 0 });
  const clock = new FakeClock();
  const request = new Request("http://h/", { method: "POST", body });
  assertEquals(await readBody(request, LIMITS, clock), {
    ok: false,
    error: { code: "bad_request", message: "Cannot read the body: it broke off at 3 bytes" },
  });
  assertEquals(clock.pendingTimers, 0);
});
