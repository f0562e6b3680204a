import type { Clock } from "../clock.ts";
import type { Forget } from "./command.ts";
import type { Leases } from "./leases.ts";
import type { CoordState, Session } from "./state.ts";

/** A session is forgotten after being idle for one to two of these. */
export const IDLE_MS = 10 * 60_000;

/** Has idle sessions forgotten: those that wait for nothing, and hold nothing whose lease still runs. */
export class IdleSessions {
  readonly #clock: Clock;
  readonly #state: () => CoordState;
  readonly #leases: Leases;
  readonly #forget: (command: Forget) => void;
  #lastPosition: number;
  #stopTimer!: () => void;

  constructor(
    clock: Clock,
    state: () => CoordState,
    leases: Leases,
    forget: (command: Forget) => void,
  ) {
    this.#clock = clock;
    this.#state = state;
    this.#leases = leases;
    this.#forget = forget;
    this.#lastPosition = state().position;
    this.#arm();
  }

  stop(): void {
    this.#stopTimer();
  }

  #arm(): void {
    this.#stopTimer = this.#clock.after(IDLE_MS, () => {
      this.#sweep();
      this.#arm();
    });
  }

  #sweep(): void {
    const { sessions, position } = this.#state();
    for (const [client, session] of sessions) {
      // Who was active last stands last.
      if (session.activity > this.#lastPosition) break;
      if (!this.#isInUse(session)) {
        this.#forget({ type: "forget", client, activity: session.activity });
      }
    }
    this.#lastPosition = position;
  }

  #isInUse({ waitsFor, held }: Session): boolean {
    if (waitsFor !== undefined) return true;
    for (const name of held) if ((this.#leases.leftMs(name) ?? 0) > 0) return true;
    return false;
  }
}
