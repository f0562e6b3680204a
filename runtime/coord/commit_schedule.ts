import { setImmediate } from "node:timers";

/** Calls `commit` soon; it returns how many commands it committed. */
export type CommitSchedule = (commit: () => number) => void;

/**
 * Commits at the next microtask while commands come one at a time, and once a turn of the event loop while they come in
 * crowds. See RATIONALE.md, "When does the lock service commit?".
 *
 * @param endOfTurn Calls back when everything that has arrived has been looked at
 */
export function adaptiveSchedule(
  endOfTurn: (callback: () => void) => void = setImmediate,
): CommitSchedule {
  let isCrowded = false;
  let isTurnWatched = false;
  let commandsInTurn = 0;
  const watchTurn = (): void => {
    if (isTurnWatched) return;
    isTurnWatched = true;
    endOfTurn(() => {
      isTurnWatched = false;
      isCrowded = commandsInTurn > 1;
      commandsInTurn = 0;
    });
  };
  return (commit) => {
    const run = () => void (commandsInTurn += commit());
    if (isCrowded) endOfTurn(run);
    else queueMicrotask(run);
    watchTurn();
  };
}
