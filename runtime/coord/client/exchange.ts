import { err, ok, type Result } from "../../result.ts";
import type { Clock } from "../clock.ts";
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
  const isFinal = final.promise.then(() => "final" as const);
  let reason = "no answer";
  try {
    for (let failed = 0; failed < rules.tries;) {
      const pause = timer(clock, rules.timeoutMs);
      const sent = send(abort.signal).then((outcome) => {
        if (outcome.kind === "answered" || outcome.kind === "refused") final.resolve(outcome);
        return outcome;
      });
      const outcome = await Promise.race([sent, isFinal, pause.passed]);
      if (isOutcome(outcome, "acknowledged")) {
        failed = 0;
        onWait?.(outcome.place);
        pause.stop();
        const acknowledged = timer(clock, rules.acknowledgedMs);
        if (await Promise.race([isFinal, acknowledged.passed]) === "final") {
          acknowledged.stop();
          return settled(await final.promise);
        }
        continue;
      }
      if (isOutcome(outcome, "failed")) {
        reason = outcome.reason;
        // A server that refuses connections may be starting: it has until the end of this try.
        if (await Promise.race([isFinal, pause.passed]) !== "final") {
          failed++;
          continue;
        }
      } else if (outcome === "passed") {
        failed++;
        continue;
      }
      pause.stop();
      return settled(await final.promise);
    }
  } finally {
    abort.abort();
  }
  const message =
    `Cannot reach the server: ${rules.tries} tries of ${rules.timeoutMs} ms each went unanswered (${reason})`;
  return err({ code: "no_answer", message, rc: -1 });
}

function settled(outcome: Final): Result<Readonly<Record<string, unknown>>, CoordError> {
  return outcome.kind === "answered" ? ok(outcome.body) : err(outcome.error);
}

function isOutcome<Kind extends Outcome["kind"]>(
  outcome: Outcome | "final" | "passed",
  kind: Kind,
): outcome is Extract<Outcome, { kind: Kind }> {
  return typeof outcome === "object" && outcome.kind === kind;
}

function timer(clock: Clock, ms: number) {
  const { promise: passed, resolve } = Promise.withResolvers<"passed">();
  const stop = clock.after(ms, () => resolve("passed"));
  return { passed, stop };
}
