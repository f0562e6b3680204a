import { wasi } from "@bjorn3/browser_wasi_shim";
import { timeNs } from "./clock.ts";
import type { DescriptorTable } from "./descriptor_table.ts";
import type { Run } from "./run.ts";

/** Bytes of a `subscription` in guest memory. */
const SUBSCRIPTION_BYTES = 48;
/** Bytes of an `event` in guest memory. */
const EVENT_BYTES = 32;

/** Most subscriptions one call takes: as many as there may be descriptors, and then some. */
const MAX_SUBSCRIPTIONS = 4096;

/** Whether a clock can be waited for: one of CPU time stands still meanwhile. */
const isWaitable = (id: number) => id === wasi.CLOCKID_REALTIME || id === wasi.CLOCKID_MONOTONIC;

/** One thing to wait for, read out of guest memory before anything is written there. */
type Subscription =
  | {
    readonly kind: "clock";
    readonly userdata: bigint;
    readonly clock: number;
    readonly at: bigint;
  }
  | {
    readonly kind: "fd";
    readonly userdata: bigint;
    readonly type: number;
    readonly bytes: number;
  };

/** `poll_oneoff`. */
export function pollCalls(run: Run, table: DescriptorTable) {
  return {
    /**
     * Waits until one of `count` subscriptions at `subscriptions` is due, writes an event for each
     * that is to `events`, and their number, u32, to `eventCount`. Descriptors never wait: files,
     * and streams that are at hand. Ends the run with `promote` if it would have to wait where it
     * must not block.
     *
     * EINVAL: no subscriptions, too many, of an unknown type, or to a clock that cannot be waited
     * for; EBADF: a descriptor is not open or not for that; EFAULT: bad pointer.
     */
    poll_oneoff(subscriptions: number, events: number, count: number, eventCount: number): number {
      run.enter();
      const [from, to] = [subscriptions >>> 0, events >>> 0];
      const [amount, total] = [count >>> 0, eventCount >>> 0];
      const { memory } = run;
      if (amount === 0 || amount > MAX_SUBSCRIPTIONS) return wasi.ERRNO_INVAL;
      const isInside = memory.holds(from, amount * SUBSCRIPTION_BYTES) &&
        memory.holds(to, amount * EVENT_BYTES) && memory.holds(total, 4);
      if (!isInside) return wasi.ERRNO_FAULT;
      run.spend(amount >>> 4);
      const waits: Subscription[] = [];
      for (let i = 0; i < amount; i++) {
        const subscription = readSubscription(run, table, from + i * SUBSCRIPTION_BYTES);
        if (typeof subscription === "number") return subscription;
        waits.push(subscription);
      }
      if (!waits.some((wait) => wait.kind === "fd")) sleepUntilFirst(run, waits);
      memory.view.setUint32(total, writeEvents(run, waits, to), true);
      return wasi.ERRNO_SUCCESS;
    },
  };
}

function readSubscription(run: Run, table: DescriptorTable, at: number): Subscription | number {
  const { view } = run.memory;
  const userdata = view.getBigUint64(at, true);
  const type = view.getUint8(at + 8);
  if (type === wasi.EVENTTYPE_CLOCK) return readClock(run, at + 16, userdata);
  const descriptor = table.get(view.getUint32(at + 16, true));
  if (type === wasi.EVENTTYPE_FD_READ || type === wasi.EVENTTYPE_FD_WRITE) {
    const isRead = type === wasi.EVENTTYPE_FD_READ;
    const bytes = (isRead ? descriptor?.readableBytes() : descriptor?.writableBytes()) ??
      -wasi.ERRNO_BADF;
    return bytes < 0 ? -bytes : { kind: "fd", userdata, type, bytes };
  }
  return wasi.ERRNO_INVAL;
}

function readClock(run: Run, at: number, userdata: bigint): Subscription | number {
  const { view } = run.memory;
  const clock = view.getUint32(at, true);
  const timeout = view.getBigUint64(at + 8, true);
  const flags = view.getUint16(at + 24, true);
  if (!isWaitable(clock) || flags > wasi.SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME) {
    return wasi.ERRNO_INVAL;
  }
  if (flags !== 0) return { kind: "clock", userdata, clock, at: timeout };
  // A time to go is measured on the clock that never jumps, whichever was named.
  const monotonic = wasi.CLOCKID_MONOTONIC;
  return { kind: "clock", userdata, clock: monotonic, at: timeNs(run, monotonic) + timeout };
}

function sleepUntilFirst(run: Run, waits: readonly Subscription[]): void {
  for (let ms = msUntilFirst(run, waits); ms > 0; ms = msUntilFirst(run, waits)) run.sleep(ms);
}

function msUntilFirst(run: Run, waits: readonly Subscription[]): number {
  let firstNs: bigint | undefined;
  for (const wait of waits) {
    const ns = remainingNs(run, wait);
    if (firstNs === undefined || ns < firstNs) firstNs = ns;
  }
  return Number(firstNs ?? 0n) / 1e6;
}

function remainingNs(run: Run, wait: Subscription): bigint {
  return wait.kind === "fd" ? 0n : wait.at - timeNs(run, wait.clock);
}

function writeEvents(run: Run, waits: readonly Subscription[], events: number): number {
  const { view } = run.memory;
  let written = 0;
  for (const wait of waits) {
    if (remainingNs(run, wait) > 0n) continue;
    writeEvent(view, events + written * EVENT_BYTES, wait);
    written++;
  }
  return written;
}

function writeEvent(view: DataView, pointer: number, wait: Subscription): void {
  const isFd = wait.kind === "fd";
  const isAtEnd = isFd && wait.bytes === 0;
  view.setBigUint64(pointer, wait.userdata, true);
  view.setUint16(pointer + 8, wasi.ERRNO_SUCCESS, true);
  view.setUint8(pointer + 10, isFd ? wait.type : wasi.EVENTTYPE_CLOCK);
  view.setBigUint64(pointer + 16, BigInt(isFd ? wait.bytes : 0), true);
  view.setUint16(pointer + 24, isAtEnd ? wasi.EVENTRWFLAGS_FD_READWRITE_HANGUP : 0, true);
}
