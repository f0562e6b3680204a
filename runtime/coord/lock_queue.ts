import { type Answer, type Granted, refused } from "./answer.ts";
import type { Acquire } from "./command.ts";
import type { Effects } from "./effects.ts";
import type { CoordState, LockState, Session } from "./state.ts";

/** Grants a free lock, or puts the client at the end of its queue. */
export function acquire(
  state: CoordState,
  session: Session,
  command: Acquire,
  effects: Effects,
): Answer {
  const { client, seq, lock: name, ttlMs, waitMs } = command;
  const lock = state.locks.get(name);
  // What the holder was granted before is void: it may have given up on that answer.
  if (lock === undefined || lock.holder === client) {
    return grant(state, name, lock?.queue ?? [], { client, ttlMs }, effects);
  }
  if (waitMs === 0) return refused("lock_wait_timeout", name);
  lock.queue.push(waitMs === undefined ? { client, seq, ttlMs } : { client, seq, ttlMs, waitMs });
  session.waitsFor = name;
  effects.locks.push(name);
  return { kind: "waiting", place: lock.queue.length, isRepeat: false };
}

/** Takes a lock from its holder and grants it to whoever waits longest. */
export function passOn(state: CoordState, name: string, effects: Effects): void {
  const lock = state.locks.get(name);
  if (lock === undefined) return;
  state.sessions.get(lock.holder)?.held.delete(name);
  const next = lock.queue.shift();
  if (next === undefined) {
    state.locks.delete(name);
    effects.locks.push(name);
    return;
  }
  const answer = grant(state, name, lock.queue, next, effects);
  settle(state, next.client, answer, effects);
}

/** Takes a client out of the queue it stands in, with this answer. */
export function endWait(
  state: CoordState,
  client: string,
  reason: "lock_wait_cancelled" | "lock_wait_timeout" | "session_expired",
  effects: Effects,
): void {
  const name = state.sessions.get(client)?.waitsFor;
  if (name === undefined) return;
  const { queue } = state.locks.get(name)!;
  queue.splice(queue.findIndex((waiter) => waiter.client === client), 1);
  effects.locks.push(name);
  settle(state, client, refused(reason, name), effects);
}

/** Whether the client holds the lock by this very token. */
export function holds(
  lock: LockState | undefined,
  client: string,
  token: number,
): lock is LockState {
  return lock !== undefined && lock.holder === client && lock.token === token;
}

function grant(
  state: CoordState,
  name: string,
  queue: LockState["queue"],
  to: { readonly client: string; readonly ttlMs: number },
  effects: Effects,
): Granted {
  const { position: token } = state;
  const { client, ttlMs } = to;
  state.locks.set(name, { holder: client, token, ttlMs, renewal: 0, queue });
  state.sessions.get(client)?.held.add(name);
  effects.locks.push(name);
  return { kind: "granted", lock: name, token, ttlMs };
}

function settle(state: CoordState, client: string, answer: Answer, effects: Effects): void {
  const session = state.sessions.get(client)!;
  session.waitsFor = undefined;
  session.answer = answer;
  effects.settled.push({ client, seq: session.seq, answer });
}
