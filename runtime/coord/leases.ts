import type { Clock } from "../clock.ts";
import type { Expire } from "./command.ts";
import type { CoordState, LockState } from "./state.ts";

/**
 * Measures leases. The state says who holds what; how long is measured here, from when a grant or a renewal is durable, so
 * that a lease lasts at least as long as the holder was told. A timer runs only where somebody waits.
 */
export class Leases {
  readonly #clock: Clock;
  readonly #expire: (command: Expire) => void;
  readonly #leases = new Map<string, Lease>();

  constructor(clock: Clock, expire: (command: Expire) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Looks at a lock that has changed. */
  update(name: string, lock: LockState | undefined): void {
    const lease = this.#leases.get(name);
    if (lock === undefined) {
      lease?.stopTimer?.();
      this.#leases.delete(name);
      return;
    }
    const { token, renewal, ttlMs } = lock;
    if (lease?.token === token && lease.renewal === renewal) return this.#watch(name, lock, lease);
    lease?.stopTimer?.();
    const fresh: Lease = {
      token,
      renewal,
      deadlineMs: this.#clock.monotonicMs() + ttlMs,
      stopTimer: undefined,
    };
    this.#leases.set(name, fresh);
    this.#watch(name, lock, fresh);
  }

  /** After a restart, every lease begins anew. */
  restart(state: CoordState): void {
    for (const [name, lock] of state.locks) this.update(name, lock);
  }

  /** Milliseconds until a lease runs out; negative after that, undefined for a lock that nobody holds. */
  leftMs(name: string): number | undefined {
    const lease = this.#leases.get(name);
    return lease && lease.deadlineMs - this.#clock.monotonicMs();
  }

  stop(): void {
    for (const lease of this.#leases.values()) lease.stopTimer?.();
    this.#leases.clear();
  }

  #watch(name: string, lock: LockState, lease: Lease): void {
    if (lock.queue.length === 0) {
      lease.stopTimer?.();
      lease.stopTimer = undefined;
    } else if (lease.stopTimer === undefined) this.#arm(name, lease);
  }

  #arm(name: string, lease: Lease): void {
    const leftMs = lease.deadlineMs - this.#clock.monotonicMs();
    // Timers may come a little early; a lease may not end early.
    lease.stopTimer = this.#clock.after(Math.max(0, Math.ceil(leftMs)), () => {
      if (this.#clock.monotonicMs() < lease.deadlineMs) return this.#arm(name, lease);
      lease.stopTimer = undefined;
      this.#expire({ type: "expire", lock: name, token: lease.token, renewal: lease.renewal });
    });
  }
}

interface Lease {
  readonly token: number;
  readonly renewal: number;
  readonly deadlineMs: number;
  stopTimer: (() => void) | undefined;
}
