import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { Guest, START_REALTIME_NS } from "./testing.ts";
import { testOnBoth } from "./testing_files.ts";

const { CLOCKID_MONOTONIC, CLOCKID_REALTIME, ERRNO_BADF, ERRNO_FAULT, ERRNO_INVAL, ERRNO_SUCCESS } =
  wasi;

/** Where the tests put subscriptions, events and their number. */
const [SUBSCRIPTIONS, EVENTS, COUNT] = [1000, 2000, 3000];

function putClock(
  guest: Guest,
  index: number,
  clock: { id: number; timeoutNs: bigint; absolute?: boolean },
): void {
  const at = SUBSCRIPTIONS + index * 48;
  guest.bytes.fill(0, at, at + 48);
  guest.view.setBigUint64(at, BigInt(100 + index), true);
  guest.view.setUint8(at + 8, wasi.EVENTTYPE_CLOCK);
  guest.view.setUint32(at + 16, clock.id, true);
  guest.view.setBigUint64(at + 24, clock.timeoutNs, true);
  guest.view.setUint16(at + 40, clock.absolute === true ? 1 : 0, true);
}

function putFd(guest: Guest, index: number, type: number, fd: number): void {
  const at = SUBSCRIPTIONS + index * 48;
  guest.bytes.fill(0, at, at + 48);
  guest.view.setBigUint64(at, BigInt(100 + index), true);
  guest.view.setUint8(at + 8, type);
  guest.view.setUint32(at + 16, fd, true);
}

function poll(guest: Guest, count: number): number {
  return guest.call.poll_oneoff!(SUBSCRIPTIONS, EVENTS, count, COUNT);
}

/** User data, error and type of each event written. */
function events(guest: Guest): [bigint, number, number][] {
  return Array.from({ length: guest.u32(COUNT) }, (_, i) => {
    const at = EVENTS + i * 32;
    return [guest.u64(at), guest.view.getUint16(at + 8, true), guest.view.getUint8(at + 10)];
  });
}

Deno.test("poll_oneoff sleeps for a relative time, once, and reports the clock", () => {
  for (const id of [CLOCKID_REALTIME, CLOCKID_MONOTONIC]) {
    const guest = new Guest();
    putClock(guest, 0, { id, timeoutNs: 250_000_000n });
    assertEquals(poll(guest, 1), ERRNO_SUCCESS);
    assertEquals(guest.time.sleptMs, [250]);
    assertEquals(events(guest), [[100n, 0, wasi.EVENTTYPE_CLOCK]]);
    guest.assertWroteOnly(COUNT, 4);
    guest.assertWroteOnly(EVENTS, 32);
  }
});

Deno.test("poll_oneoff sleeps until an absolute time on either clock", () => {
  const starts: [number, bigint][] = [
    [CLOCKID_REALTIME, START_REALTIME_NS],
    [CLOCKID_MONOTONIC, 0n],
  ];
  for (const [id, startNs] of starts) {
    const guest = new Guest();
    putClock(guest, 0, { id, timeoutNs: startNs + 1_500_000_000n, absolute: true });
    assertEquals(poll(guest, 1), ERRNO_SUCCESS);
    assertEquals(guest.time.sleptMs, [500]);
  }
});

Deno.test("poll_oneoff does not sleep for times that have passed", () => {
  const guest = new Guest({ sleeper: undefined });
  putClock(guest, 0, { id: CLOCKID_MONOTONIC, timeoutNs: 0n });
  putClock(guest, 1, { id: CLOCKID_MONOTONIC, timeoutNs: 5n, absolute: true });
  assertEquals(poll(guest, 2), ERRNO_SUCCESS);
  assertEquals(events(guest), [[100n, 0, 0], [101n, 0, 0]]);
});

Deno.test("poll_oneoff waits for the first of several clocks and reports only that", () => {
  const guest = new Guest();
  putClock(guest, 0, { id: CLOCKID_MONOTONIC, timeoutNs: 9_000_000_000n });
  putClock(guest, 1, { id: CLOCKID_MONOTONIC, timeoutNs: 40_000_000n });
  putClock(guest, 2, { id: CLOCKID_REALTIME, timeoutNs: 1n << 63n });
  assertEquals(poll(guest, 3), ERRNO_SUCCESS);
  assertEquals(guest.time.sleptMs, [40]);
  assertEquals(events(guest), [[101n, 0, 0]]);
});

Deno.test("poll_oneoff reports descriptors at once, with the clocks that are due", () => {
  const guest = new Guest({ sleeper: undefined });
  putFd(guest, 0, wasi.EVENTTYPE_FD_READ, 0);
  putClock(guest, 1, { id: CLOCKID_MONOTONIC, timeoutNs: 1_000_000_000n });
  putFd(guest, 2, wasi.EVENTTYPE_FD_WRITE, 2);
  putClock(guest, 3, { id: CLOCKID_MONOTONIC, timeoutNs: 0n });
  assertEquals(poll(guest, 4), ERRNO_SUCCESS);
  assertEquals(events(guest), [
    [100n, 0, wasi.EVENTTYPE_FD_READ],
    [102n, 0, wasi.EVENTTYPE_FD_WRITE],
    [103n, 0, wasi.EVENTTYPE_CLOCK],
  ]);
  assertEquals(guest.u64(EVENTS + 16), 1n);
  guest.assertWroteOnly(EVENTS, 96);
});

Deno.test("poll_oneoff answers EBADF for descriptors that are not open or not for that", () => {
  const guest = new Guest();
  const wrong: [number, number][] = [
    [wasi.EVENTTYPE_FD_READ, 9],
    [wasi.EVENTTYPE_FD_READ, 1],
    [wasi.EVENTTYPE_FD_WRITE, 0],
    [wasi.EVENTTYPE_FD_WRITE, 0xffffffff],
  ];
  for (const [type, fd] of wrong) {
    putFd(guest, 0, type, fd);
    assertEquals(poll(guest, 1), ERRNO_BADF);
  }
  guest.assertWroteOnly(COUNT, 0);
});

Deno.test("poll_oneoff answers EINVAL for what cannot be waited for", () => {
  const guest = new Guest();
  assertEquals(poll(guest, 0), ERRNO_INVAL);
  assertEquals(poll(guest, -1), ERRNO_INVAL);
  putClock(guest, 0, { id: wasi.CLOCKID_PROCESS_CPUTIME_ID, timeoutNs: 1n });
  assertEquals(poll(guest, 1), ERRNO_INVAL);
  putClock(guest, 0, { id: 77, timeoutNs: 1n });
  assertEquals(poll(guest, 1), ERRNO_INVAL);
  putFd(guest, 0, 3, 0);
  assertEquals(poll(guest, 1), ERRNO_INVAL);
});

Deno.test("poll_oneoff answers EFAULT for bad pointers before it sleeps", () => {
  const guest = new Guest();
  putClock(guest, 0, { id: CLOCKID_MONOTONIC, timeoutNs: 1_000_000n });
  assertEquals(guest.call.poll_oneoff!(65489, EVENTS, 1, COUNT), ERRNO_FAULT);
  assertEquals(guest.call.poll_oneoff!(SUBSCRIPTIONS, 65505, 1, COUNT), ERRNO_FAULT);
  assertEquals(guest.call.poll_oneoff!(SUBSCRIPTIONS, EVENTS, 1, -4), ERRNO_FAULT);
  assertEquals(guest.call.poll_oneoff!(SUBSCRIPTIONS, EVENTS, 4000, COUNT), ERRNO_FAULT);
  assertEquals(guest.time.sleptMs, []);
});

Deno.test("where it may not block, poll_oneoff stops the run to be promoted", () => {
  const guest = new Guest({ sleeper: undefined });
  putClock(guest, 0, { id: CLOCKID_MONOTONIC, timeoutNs: 1n });
  assertEquals(guest.stops(() => poll(guest, 1)), true);
  assertEquals(guest.host.stopped, { kind: "promote" });
});

Deno.test("poll_oneoff sleeps no longer than the deadline, then stops the run", () => {
  const guest = new Guest({}, { deadlineMs: 1030 });
  putClock(guest, 0, { id: CLOCKID_MONOTONIC, timeoutNs: 2n ** 64n - 1n });
  assertEquals(guest.stops(() => poll(guest, 1)), true);
  assertEquals(guest.time.sleptMs, [30]);
  assertEquals(guest.host.stopped, { kind: "timeout" });
});

Deno.test("an interrupted sleep goes on unless the run was cancelled", () => {
  let cancelled = false;
  const guest = new Guest({}, { cancelled: () => cancelled });
  guest.time.interruptAfterMs = 60;
  putClock(guest, 0, { id: CLOCKID_MONOTONIC, timeoutNs: 100_000_000n });
  assertEquals(poll(guest, 1), ERRNO_SUCCESS);
  assertEquals(guest.time.sleptMs, [100, 40]);
  cancelled = true;
  assertEquals(guest.stops(() => poll(guest, 1)), true);
  assertEquals(guest.host.stopped, { kind: "cancelled" });
});

testOnBoth("poll_oneoff reports what is left of a file, and its end", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "12345");
  guest.seek(fd, 2n);
  const pollFile = () => {
    putFd(guest, 0, wasi.EVENTTYPE_FD_READ, fd);
    assertEquals(poll(guest, 1), ERRNO_SUCCESS);
    return [guest.u64(EVENTS + 16), guest.view.getUint16(EVENTS + 24, true)];
  };
  assertEquals(pollFile(), [3n, 0]);
  guest.seek(fd, 9n);
  assertEquals(pollFile(), [0n, wasi.EVENTRWFLAGS_FD_READWRITE_HANGUP]);
});
