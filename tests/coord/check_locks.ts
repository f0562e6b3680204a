import { type History, type Hold, holdsByLock, type Violation, violation } from "./history.ts";

/** Whatever a history shows of locks that a lock manager must not do. Never blames a right one, however slow. */
export function checkLocks(history: History): Violation[] {
  return [...holdsByLock(history).values()].flatMap((holds) => [
    ...checkExclusion(holds),
    ...checkTokens(holds),
    ...checkOrder(holds),
    ...holds.flatMap((hold, n) => [...checkRefusals(hold), ...checkSuccession(hold, holds[n + 1])]),
  ]);
}

/** From the answer of the acquire to sending the last action that was done, a client surely held the lock. */
function checkExclusion(holds: readonly Hold[]): Violation[] {
  const sure = holds.flatMap((hold) => {
    const untilMs = Math.max(...done(hold).map(({ invokedMs }) => invokedMs));
    const fromMs = hold.acquire.returnedMs;
    return untilMs > fromMs ? [{ hold, fromMs, untilMs }] : [];
  }).sort((a, b) => a.fromMs - b.fromMs);
  const found: Violation[] = [];
  let longest = sure[0];
  for (const each of sure.slice(1)) {
    if (each.fromMs < longest!.untilMs) found.push(violation("exclusion", longest, each));
    if (each.untilMs > longest!.untilMs) longest = each;
  }
  return found;
}

/** Who asked after another was granted has a greater token, and no token is given twice. */
function checkTokens(holds: readonly Hold[]): Violation[] {
  const found: Violation[] = [];
  let last: Hold | undefined;
  let lastAsked: Hold | undefined;
  for (const hold of holds) {
    if (hold.token === last?.token) found.push(violation("tokens", last, hold));
    if (lastAsked !== undefined && hold.acquire.returnedMs < lastAsked.acquire.invokedMs) {
      found.push(violation("tokens", lastAsked.acquire, hold.acquire));
    }
    last = hold;
    if (hold.acquire.invokedMs > (lastAsked?.acquire.invokedMs ?? -Infinity)) lastAsked = hold;
  }
  return found;
}

/** Who was told to wait before another asked is served before, unless the other holds the lock already. */
function checkOrder(holds: readonly Hold[]): Violation[] {
  const found: Violation[] = [];
  let lastAsked: Hold | undefined;
  for (const [n, hold] of holds.entries()) {
    const queuedMs = hold.acquire.queuedMs ?? Infinity;
    if (lastAsked !== undefined && queuedMs < lastAsked.acquire.invokedMs) {
      found.push(violation("order", hold.acquire, lastAsked.acquire));
    }
    if (holds.slice(0, n).some((earlier) => isKept(earlier, hold))) continue;
    if (hold.acquire.invokedMs > (lastAsked?.acquire.invokedMs ?? -Infinity)) lastAsked = hold;
  }
  return found;
}

/** A lease lasts at least as long as it says, counted from when it was asked for. */
function checkRefusals(hold: Hold): Violation[] {
  const found: Violation[] = [];
  for (const [n, action] of hold.actions.entries()) {
    const before = hold.actions.slice(0, n);
    if (before.some(isRelease)) break;
    if (action.outcome !== "refused lock_lost") continue;
    if (action.returnedMs < leaseEndMs(hold, before)) {
      found.push(violation("lease", hold.acquire, before, action));
    }
  }
  return found;
}

/** A successor is served when the holder let go, or when its lease was over. */
function checkSuccession(hold: Hold, next: Hold | undefined): Violation[] {
  if (next === undefined || isKept(hold, next) || hold.actions.some(isRelease)) return [];
  if (next.acquire.returnedMs >= leaseEndMs(hold, hold.actions)) return [];
  return [violation("lease", hold, next.acquire)];
}

/** Whether a client asked for a lock that it may not have let go. */
function isKept(hold: Hold, next: Hold): boolean {
  return hold.acquire.client === next.acquire.client && !hold.actions.some(isRelease);
}

function leaseEndMs({ acquire }: Hold, actions: Hold["actions"]): number {
  const begun = actions.filter(({ kind, outcome }) => kind === "renew" && outcome === "ok")
    .map(({ invokedMs }) => invokedMs);
  return Math.max(acquire.invokedMs, ...begun) + acquire.ttlMs;
}

function done({ actions }: Hold): Hold["actions"] {
  return actions.filter(({ outcome }) => outcome === "ok");
}

/** Whether this may have released the lock. */
function isRelease({ kind, outcome }: Hold["actions"][number]): boolean {
  return kind === "release" && outcome !== "refused lock_lost";
}
