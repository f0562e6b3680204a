import { assertEquals, assertMatch } from "@std/assert";
import { CoordService } from "../../coord/service.ts";
import { MemoryLog } from "../../coord/testing.ts";
import { FakeClock } from "../../testing_clock.ts";
import { fakeApp, PEER } from "../testing_fakes.ts";

/** Skerry's pages over a service whose log is in memory. */
function coordApp() {
  const clock = new FakeClock();
  const coord = new CoordService({ log: new MemoryLog(), clock });
  const { app } = fakeApp({ coord, stats: { coord: () => coord.stats() } });
  const send = async (method: string, path: string, body?: unknown, headers = {}) =>
    await app.fetch(
      new Request(`http://localhost/_/${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
      PEER,
    );
  const post = async (path: string, body: unknown) => {
    const response = await send("POST", path, body);
    return { ...await response.json(), status: response.status };
  };
  const get = (path: string, accept?: string) =>
    send("GET", path, undefined, accept === undefined ? {} : { accept });
  return { clock, coord, post, get, send };
}

/** Only these members of an object. */
function pick(from: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

Deno.test("A session, a lock and an append answer as the lock service's clients expect", async () => {
  const { post } = coordApp();
  const client_id = "a";
  assertEquals(await post("sessions/init", { client_id }), {
    status: 200,
    rc: 0,
    message: "Connected!",
  });
  assertEquals(await post("locks/files/acquire", { client_id, seq: 0 }), {
    status: 200,
    rc: 0,
    token: 2,
    ttl_ms: 2000,
    lease_left_ms: 2000,
  });
  const append = { client_id, seq: 1, lock: "files", token: 2, data: "hé" };
  const appended = { status: 200, rc: 0, index: 0, offset: 0 };
  assertEquals(await post("logs/file_0/append", append), appended);
  assertEquals(await post("logs/file_0/append", append), appended);
  const renew = { client_id, seq: 2, token: 2, ttl_ms: 5000 };
  assertEquals(await post("locks/files/renew", renew), {
    status: 200,
    rc: 0,
    token: 2,
    ttl_ms: 5000,
  });
  assertEquals(await post("locks/files/release", { client_id, seq: 3, token: 2 }), {
    status: 200,
    rc: 0,
  });
  assertEquals(await post("sessions/close", { client_id }), {
    status: 200,
    rc: 0,
    message: "Disconnected!",
  });
});

Deno.test("What an append is refused for has a return code and a code", async () => {
  const { post } = coordApp();
  await post("sessions/init", { client_id: "a" });
  const append = { client_id: "a", token: 1, data: "x" };
  assertEquals(
    pick(await post("logs/nope/append", { ...append, seq: 0 }), "status", "rc", "code"),
    {
      status: 404,
      rc: 1,
      code: "log_not_found",
    },
  );
  assertEquals(
    pick(await post("logs/file_0/append", { ...append, seq: 1 }), "status", "rc", "code"),
    { status: 409, rc: 2, code: "lock_lost" },
  );
  assertEquals(
    pick(await post("logs/file_0/append", { ...append, seq: 0 }), "status", "rc", "code"),
    { status: 409, rc: -1, code: "stale_request" },
  );
  const stranger = { ...append, client_id: "nobody", seq: 0 };
  assertEquals(pick(await post("logs/file_0/append", stranger), "status", "rc", "code"), {
    status: 409,
    rc: -1,
    code: "session_expired",
  });
});

Deno.test("A repeat is told that it waits and where, and the first request gets the lock or a timeout", async () => {
  const { clock, post, send } = coordApp();
  for (const client_id of ["a", "b", "c"]) await post("sessions/init", { client_id });
  await post("locks/files/acquire", { client_id: "a", seq: 0 });
  const second = post("locks/files/acquire", { client_id: "b", seq: 0 });
  const third = post("locks/files/acquire", { client_id: "c", seq: 0, wait_ms: 500 });
  // Both have to be in the queue.
  await post("sessions/init", { client_id: "a" });
  const repeat = await send("POST", "locks/files/acquire", { client_id: "c", seq: 0 });
  assertEquals([repeat.status, await repeat.json()], [202, { status: "in_progress", position: 2 }]);
  clock.advance(500);
  assertEquals(pick(await third, "status", "code"), { status: 408, code: "lock_wait_timeout" });
  clock.advance(1500);
  assertEquals(pick(await second, "status", "rc"), { status: 200, rc: 0 });
});

Deno.test("Who waits can take the request back", async () => {
  const { post } = coordApp();
  for (const client_id of ["a", "b"]) await post("sessions/init", { client_id });
  await post("locks/files/acquire", { client_id: "a", seq: 0 });
  const waiting = post("locks/files/acquire", { client_id: "b", seq: 0 });
  await post("sessions/init", { client_id: "a" });
  assertEquals((await post("locks/files/cancel", { client_id: "b", seq: 0 })).status, 200);
  assertEquals(pick(await waiting, "status", "code"), {
    status: 409,
    code: "lock_wait_cancelled",
  });
});

Deno.test("Locks show holder, token, lease and queue", async () => {
  const { clock, get, post } = coordApp();
  for (const client_id of ["a", "b"]) await post("sessions/init", { client_id });
  await post("locks/files/acquire", { client_id: "a", seq: 0 });
  void post("locks/files/acquire", { client_id: "b", seq: 0 });
  await post("sessions/init", { client_id: "a" });
  clock.advance(500);
  const held = {
    name: "files",
    holder: "a",
    token: 3,
    ttl_ms: 2000,
    lease_left_ms: 1500,
    queue: ["b"],
  };
  assertEquals(await (await get("locks")).json(), { rc: 0, locks: [held] });
  assertEquals(await (await get("locks/files")).json(), { rc: 0, ...held });
  assertEquals(await (await get("locks/free")).json(), {
    rc: 0,
    name: "free",
    holder: null,
    token: null,
    ttl_ms: null,
    lease_left_ms: null,
    queue: [],
  });
});

Deno.test("A log is read in pages, as JSON and as raw bytes", async () => {
  const { get, post } = coordApp();
  const client_id = "a";
  await post("sessions/init", { client_id });
  await post("locks/files/acquire", { client_id, seq: 0 });
  const append = { client_id, token: 2 };
  await post("logs/file_7/append", { ...append, seq: 1, data: "one\n" });
  await post("logs/file_7/append", { ...append, seq: 2, data_base64: "/wA=" });
  await post("logs/file_7/append", { ...append, seq: 3, data: "" });
  const page = await (await get("logs/file_7?from=1&limit=1")).json();
  assertEquals(page, {
    rc: 0,
    name: "file_7",
    lock: "files",
    length: 3,
    bytes: 6,
    from: 1,
    next: 2,
    records: [{ index: 1, offset: 4, position: 4, data_base64: "/wA=" }],
  });
  const last = await (await get("logs/file_7?from=-1")).json();
  assertEquals(last.records, [{ index: 2, offset: 6, position: 5, data: "" }]);
  const raw = await get("logs/file_7", "application/octet-stream");
  assertEquals([...await raw.bytes()], [...new TextEncoder().encode("one\n"), 0xff, 0]);
  assertEquals(raw.headers.get("x-skerry-next"), "3");
  const { logs } = await (await get("logs")).json();
  assertEquals([logs.length, logs[7]], [100, {
    name: "file_7",
    lock: "files",
    length: 3,
    bytes: 6,
  }]);
  assertEquals((await get("logs/nope")).status, 404);
});

Deno.test("A log is created under the lock that is named", async () => {
  const { send } = coordApp();
  const put = async (path: string, body?: unknown) => {
    const response = await send("PUT", path, body);
    return [response.status, (await response.json()).code];
  };
  assertEquals(await put("logs/mine", { lock: "l" }), [201, undefined]);
  assertEquals(await put("logs/mine"), [200, undefined]);
  assertEquals(await put("logs/mine", { lock: "m" }), [409, "name_taken"]);
  assertEquals(await put("logs/no%20spaces"), [400, "bad_request"]);
});

Deno.test("Following sends what is there, then what comes, and takes up where a client left off", async () => {
  const { coord, post, send } = coordApp();
  const client_id = "a";
  await post("sessions/init", { client_id });
  await post("locks/files/acquire", { client_id, seq: 0 });
  const append = (seq: number, data: string) =>
    post("logs/file_0/append", { client_id, seq, token: 2, data });
  await append(1, "old");
  await append(2, "seen\nlast");
  const headers = { accept: "text/event-stream", "last-event-id": "0" };
  const response = await send("GET", "logs/file_0", undefined, headers);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await reader.read()).value;
  assertEquals(await next(), ": following\n\n");
  assertEquals(
    await next(),
    'id: 1\ndata: {"index":1,"offset":3,"position":4,"data":"seen\\nlast"}\n\n',
  );
  const coming = next();
  await append(3, "new");
  assertMatch(await coming ?? "", /^id: 2\ndata: .*"data":"new"/);
  const end = next();
  coord.stop();
  assertEquals(await end, undefined);
  const ending = await send("GET", "logs/file_0?from=-2", undefined, {
    accept: "text/event-stream",
  });
  assertEquals(ending.headers.get("x-skerry-from"), "1");
  await ending.body?.cancel();
});

Deno.test("A client that stops following is no longer waited for", async () => {
  const { coord, get } = coordApp();
  const response = await get("logs/file_0", "text/event-stream");
  const reader = response.body!.getReader();
  await reader.read();
  void reader.read();
  await Promise.resolve();
  assertEquals(coord.stats().followers, 1);
  await reader.cancel();
  assertEquals(coord.stats().followers, 0);
});

Deno.test("A server that stops says so, and that the same request may be sent again", async () => {
  const { coord, post } = coordApp();
  coord.stop();
  assertEquals(pick(await post("sessions/init", { client_id: "a" }), "status", "code", "rc"), {
    status: 503,
    code: "shutting_down",
    rc: -1,
  });
});

Deno.test("The statistics have a member of the lock service", async () => {
  const { get } = coordApp();
  assertEquals((await (await get("stats")).json()).coord.position, 0);
});

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ["sessions/init", {}],
  ["sessions/init", []],
  ["sessions/init", { client_id: "a b" }],
  ["sessions/init", { client_id: ".." }],
  ["sessions/init", { client_id: "x".repeat(129) }],
  ["locks/files/acquire", { client_id: "a" }],
  ["locks/files/acquire", { client_id: "a", seq: -1 }],
  ["locks/files/acquire", { client_id: "a", seq: 1.5 }],
  ["locks/files/acquire", { client_id: "a", seq: 2 ** 53 }],
  ["locks/files/acquire", { client_id: "a", seq: 0, ttl_ms: 0 }],
  ["locks/files/acquire", { client_id: "a", seq: 0, ttl_ms: "2000" }],
  ["locks/files/acquire", { client_id: "a", seq: 0, wait_ms: null }],
  ["locks/a%2fb/acquire", { client_id: "a", seq: 0 }],
  ["locks/files/release", { client_id: "a", seq: 0 }],
  ["logs/file_0/append", { client_id: "a", seq: 0, token: 1 }],
  ["logs/file_0/append", { client_id: "a", seq: 0, token: 1, data: 5 }],
  ["logs/file_0/append", { client_id: "a", seq: 0, token: 1, data: "x", data_base64: "eA==" }],
  ["logs/file_0/append", { client_id: "a", seq: 0, token: 1, data_base64: "not base64!" }],
  ["logs/file_0/append", { client_id: "a", seq: 0, token: 1, data: "half a \ud83d" }],
];

for (const [path, body] of HOSTILE) {
  Deno.test(`${path} with ${JSON.stringify(body).slice(0, 60)} is a bad request`, async () => {
    const { post } = coordApp();
    assertEquals(pick(await post(path, body), "status", "code", "rc"), {
      status: 400,
      code: "bad_request",
      rc: -1,
    });
  });
}
