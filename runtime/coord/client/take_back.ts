import { err, type Result } from "../../result.ts";
import { type Clock, delay } from "../../clock.ts";
import type { CoordError } from "./coord_error.ts";

type Answer = Result<Readonly<Record<string, unknown>>, CoordError>;

/** A cancellation may overtake what it cancels, and is then sent again. */
const AGAIN_MS = 50;

/** Resolves to the answer of an acquire. Once `signal` aborts the acquire is taken back, also if it was granted meanwhile. */
export async function unlessTakenBack(
  acquire: Promise<Answer>,
  { signal, cancel, clock, lock }: {
    readonly signal: AbortSignal;
    readonly cancel: () => Promise<Answer>;
    readonly clock: Clock;
    readonly lock: string;
  },
): Promise<Answer> {
  let isAnswered = false;
  const takeBack = async () => {
    for (;;) {
      const cancelled = await cancel();
      const isTooEarly = !cancelled.ok && cancelled.error.code === "stale_request";
      if (!isTooEarly || isAnswered) return;
      await delay(clock, AGAIN_MS);
    }
  };
  let takingBack: Promise<void> | undefined;
  const onAbort = () => void (takingBack = takeBack());
  signal.addEventListener("abort", onAbort);
  const answer = await acquire;
  isAnswered = true;
  signal.removeEventListener("abort", onAbort);
  if (takingBack === undefined) return answer;
  await takingBack;
  return answer.ok ? err(takenBack(lock)) : answer;
}

/** What an acquire fails with that its own client did not want any more. */
export function takenBack(lock: string): CoordError {
  const message = `Stopped waiting for lock ${lock}: the request was taken back`;
  return { code: "lock_wait_cancelled", message, rc: -1 };
}
