import { err, ok, type Result } from "../../result.ts";
import type { Clock } from "../../clock.ts";
import type { CoordError } from "./coord_error.ts";
import type { Outcome } from "./transport.ts";

/** When to send a request again. */
export interface RetryRules {
  /** Without an answer for this long, the request is sent again. @default 2000 */
  readonly timeoutMs: number;
  /** Tries in a row without any answer, after which the request is given up. @default 5 */
  readonly tries: number;
  /** How long to wait after the server said that it works on the request. @default 1000 */
  readonly acknowledgedMs: number;
}

/** Two seconds, five tries, one second after an acknowledgement. */
export const DEFAULT_RETRY_RULES: RetryRules = { timeoutMs: 2000, tries: 5, acknowledgedMs: 1000 };

type Final = Extract<Outcome, { kind: "answered" | "refused" }>;

/**
 * Sends one request until it is answered. Tries overlap: the first one stays open while later ones ask whether the server
 * has it, and whichever is answered first counts. The server runs a request once, so they cannot differ.
 */
export async function exchange(
  send: (signal: AbortSignal) => Promise<Outcome>,
  { rules, clock, onWait }: {
    readonly rules: RetryRules;
    readonly clock: Clock;
    /** Called with the place in the queue at each acknowledgement. */
    readonly onWait?: (place: number) => void;
  },
): Promise<Result<Readonly<Record<string, unknown>>, CoordError>> {
  const abort = new AbortController();
  const final = Promise.withResolvers<Final>();
  const tryOnce = async (): Promise<Outcome> => {
    const outcome = await send(abort.signal);
    if (isFinal(outcome)) final.resolve(outcome);
    return outcome;
  };
  let reason = "no answer";
  try {
    for (let unanswered = 0; unanswered < rules.tries; unanswered++) {
      let pause = timer(clock, rules.timeoutMs);
      const outcome = await Promise.race([tryOnce(), final.promise, pause.passed]);
      if (outcome?.kind === "failed") reason = outcome.reason;
      if (outcome?.kind === "acknowledged") {
        unanswered = -1;
        onWait?.(outcome.place);
        pause.stop();
        pause = timer(clock, rules.acknowledgedMs);
      }
      // An earlier try may be answered yet, and a server that refuses connections may be starting.
      const answer = await Promise.race([final.promise, pause.passed]);
      pause.stop();
      if (answer?.kind === "answered") return ok(answer.body);
      if (answer !== undefined) return err(answer.error);
    }
  } finally {
    abort.abort();
  }
  const message =
    `Cannot reach the server: ${rules.tries} tries of ${rules.timeoutMs} ms each went unanswered (${reason})`;
  return err({ code: "no_answer", message, rc: -1 });
}

function isFinal(outcome: Outcome): outcome is Final {
  return outcome.kind === "answered" || outcome.kind === "refused";
}

function timer(clock: Clock, ms: number) {
  const { promise: passed, resolve } = Promise.withResolvers<undefined>();
  const stop = clock.after(ms, () => resolve(undefined));
  return { passed, stop };
}
