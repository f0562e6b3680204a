import type { Clock } from "../clock.ts";
import type { Cancel } from "./command.ts";
import type { Settled } from "./effects.ts";
import type { Asker, Reply } from "./request.ts";
import type { CoordState } from "./state.ts";

/** The requests that wait for a lock: whom to answer when the wait ends, and when it ends for being too long. */
export class Waits {
  readonly #clock: Clock;
  readonly #cancel: (command: Cancel) => void;
  /** By client and number: a client's next wait may begin before its last one is seen to end. */
  readonly #waits = new Map<string, Wait>();

  constructor(clock: Clock, cancel: (command: Cancel) => void) {
    this.#clock = clock;
    this.#cancel = cancel;
  }

  begin(request: WaitingRequest, asked?: Asked): void {
    const { client, seq, waitMs } = request;
    const stopTimer = waitMs === undefined ? undefined : this.#clock.after(waitMs, () => {
      this.#cancel({ type: "cancel", client, seq, reason: "timeout" });
    });
    this.#waits.set(keyOf(request), { asked, stopTimer });
  }

  end(settled: Settled): void {
    const key = keyOf(settled);
    const wait = this.#waits.get(key);
    if (wait === undefined) return;
    this.#waits.delete(key);
    wait.stopTimer?.();
    wait.asked?.resolve(settled.answer);
  }

  /** After a restart those in the queues wait anew; their clients ask again. */
  restart(state: CoordState): void {
    for (const { queue } of state.locks.values()) {
      for (const waiter of queue) this.begin(waiter);
    }
  }

  /** Answers clients that the server stops; they go on waiting, unanswered. */
  dismissClients(): void {
    for (const wait of this.#waits.values()) {
      if (wait.asked?.asker !== "client") continue;
      wait.asked.resolve({ kind: "stopping" });
      wait.asked = undefined;
    }
  }

  /** Answers everybody that the server stops. They keep their places in the queues. */
  stop(): void {
    for (const { asked, stopTimer } of this.#waits.values()) {
      stopTimer?.();
      asked?.resolve({ kind: "stopping" });
    }
    this.#waits.clear();
  }
}

function keyOf({ client, seq }: { readonly client: string; readonly seq: number }): string {
  return `${client} ${seq}`;
}

interface WaitingRequest {
  readonly client: string;
  readonly seq: number;
  readonly waitMs?: number;
}

interface Asked {
  readonly resolve: (reply: Reply) => void;
  readonly asker: Asker;
}

interface Wait {
  /** Undefined if nobody is to be answered. */
  asked: Asked | undefined;
  readonly stopTimer: (() => void) | undefined;
}
