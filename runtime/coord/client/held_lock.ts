import type { Result } from "../../result.ts";
import type { Clock } from "../../clock.ts";
import type { CoordError } from "./coord_error.ts";

/** A lock that this client was granted. */
export class HeldLock {
  readonly name: string;
  /** Greater than every earlier token of this lock. Pass it to whatever the lock protects, which can then refuse older ones. */
  readonly token: number;
  readonly ttlMs: number;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  #stopTimer: (() => void) | undefined;
  #stopRenewing: (() => void) | undefined;

  constructor(
    granted: { readonly name: string; readonly token: number; readonly ttlMs: number },
    leaseLeftMs: number,
    clock: Clock,
  ) {
    this.name = granted.name;
    this.token = granted.token;
    this.ttlMs = granted.ttlMs;
    this.#clock = clock;
    this.#extend(leaseLeftMs);
  }

  /**
   * Aborts as soon as the lock cannot be relied upon: the server refused something for it, or the lease ran out without a
   * renewal. It is not aborted by a release.
   */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Renews the lease every third of it, until the lock is lost or settled. */
  keepRenewed(renew: (lock: HeldLock) => Promise<Result<unknown, CoordError>>): void {
    const again = () => {
      this.#stopRenewing = this.#clock.after(this.ttlMs / 3, async () => {
        const sentMs = this.#clock.monotonicMs();
        const renewed = await renew(this);
        if (this.#stopRenewing === undefined || this.signal.aborted) return;
        if (renewed.ok) this.renewed(sentMs);
        else if (renewed.error.code !== "no_answer") return this.lose(renewed.error);
        again();
      });
    };
    again();
  }

  /** The server began the lease anew, at the earliest when it was asked. */
  renewed(sentMs: number): void {
    this.#extend(this.ttlMs - (this.#clock.monotonicMs() - sentMs));
  }

  /** The lock is gone. */
  lose(error: CoordError): void {
    this.settle();
    this.#lost.abort(Object.assign(new Error(error.message), { code: error.code }));
  }

  /** Ends renewals and timers: the lock was given back, or lost. */
  settle(): void {
    this.#stopTimer?.();
    this.#stopRenewing?.();
    this.#stopTimer = this.#stopRenewing = undefined;
  }

  #extend(leftMs: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(Math.max(0, leftMs), () => {
      const message = `The lease of lock ${this.name} ran out after ${this.ttlMs} ms`;
      this.lose({ code: "lock_lost", message, rc: 2 });
    });
  }
}
