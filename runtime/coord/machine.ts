import { type Answer, refused } from "./answer.ts";
import type { Acquire, Append, Command, Expire, Release, Renew } from "./command.ts";
import type { Effects } from "./effects.ts";
import { acquire, endWait, holds, passOn } from "./lock_queue.ts";
import { activeSession, cancel, close, forget, open, touch } from "./session_commands.ts";
import { type CoordState, guardOf, placeInQueue, type Session } from "./state.ts";

/** Locks that one client may hold at a time. */
export const MAX_HELD_LOCKS = 1000;
/** Locks that may be held at a time. */
export const MAX_LOCKS = 100_000;
/** Logs there may be. */
export const MAX_LOGS = 10_000;

type NumberedCommand = Acquire | Release | Append;

/**
 * Folds a command into the state, in place. Deterministic: no clock, no randomness, no I/O, so whoever folds the same
 * commands has the same state. Positions must grow by one from command to command.
 *
 * @example
 * ```ts
 * import { apply } from "./machine.ts";
 * import { initialState } from "./state.ts";
 *
 * const state = initialState();
 * apply(state, { type: "open", client: "a" }, 1);
 * const { answer } = apply(state, { type: "acquire", client: "a", seq: 0, lock: "files", ttlMs: 2000 }, 2);
 * console.log(answer); // { kind: "granted", lock: "files", token: 2, ttlMs: 2000 }
 * ```
 */
export function apply(state: CoordState, command: Command, position: number): Effects {
  const effects: Effects = { answer: { kind: "done" }, settled: [], locks: [] };
  state.position = position;
  effects.answer = run(state, command, effects);
  return effects;
}

function run(state: CoordState, command: Command, effects: Effects): Answer {
  switch (command.type) {
    case "open":
      return open(state, command.client);
    case "close":
      return close(state, command.client, effects);
    case "forget":
      return forget(state, command, effects);
    case "cancel":
      return cancel(state, command, effects);
    case "renew":
      return renew(state, command, effects);
    case "expire":
      return expire(state, command, effects);
    case "create":
      return create(state, command.log, command.lock);
    case "configure":
      state.lockPerLog = command.lockPerLog;
      return { kind: "done" };
    default:
      return runOnce(state, command, effects);
  }
}

/** Runs a session's request, unless it ran before: then its stored answer is the answer. */
function runOnce(state: CoordState, command: NumberedCommand, effects: Effects): Answer {
  const { client, seq } = command;
  const session = activeSession(state, client);
  if (session === undefined) return refused("session_expired", client);
  if (seq < session.seq) return refused("stale_request", client);
  if (seq === session.seq) return session.answer ?? placeOf(state, client, session);
  // A client has one request outstanding: a new one means that it gave up on the last.
  endWait(state, client, "lock_wait_cancelled", effects);
  session.seq = seq;
  touch(state, client, session);
  const answer = execute(state, session, command, effects);
  session.answer = answer.kind === "waiting" ? undefined : answer;
  return answer;
}

function execute(
  state: CoordState,
  session: Session,
  command: NumberedCommand,
  effects: Effects,
): Answer {
  switch (command.type) {
    case "acquire":
      if (!hasRoom(state, session, command.lock)) return refused("overloaded", command.lock);
      return acquire(state, session, command, effects);
    case "release":
      return release(state, command, effects);
    case "append":
      return append(state, command, effects);
  }
}

/** Whether one more lock may be held. Whoever asks for what is held already, waits or renews, and adds none. */
function hasRoom({ locks }: CoordState, { held }: Session, lock: string): boolean {
  if (held.has(lock)) return true;
  return held.size < MAX_HELD_LOCKS && (locks.has(lock) || locks.size < MAX_LOCKS);
}

function renew(state: CoordState, command: Renew, effects: Effects): Answer {
  const { client, lock: name, token, ttlMs } = command;
  const session = activeSession(state, client);
  if (session === undefined) return refused("session_expired", client);
  const lock = state.locks.get(name);
  if (!holds(lock, client, token)) return refused("lock_lost", name);
  touch(state, client, session);
  lock.renewal++;
  lock.ttlMs = ttlMs;
  effects.locks.push(name);
  return { kind: "renewed", token, ttlMs };
}

function release(state: CoordState, command: Release, effects: Effects): Answer {
  const { client, lock: name, token } = command;
  if (!holds(state.locks.get(name), client, token)) return refused("lock_lost", name);
  passOn(state, name, effects);
  return { kind: "released" };
}

function append(state: CoordState, command: Append, effects: Effects): Answer {
  const { client, log: name, token, bytes } = command;
  const log = state.logs.get(name);
  if (log === undefined) return refused("log_not_found", name);
  const guard = guardOf(state, name, log);
  if (command.lock !== undefined && command.lock !== guard) return refused("wrong_lock", guard);
  if (!holds(state.locks.get(guard), client, token)) return refused("lock_lost", guard);
  const answer = { kind: "appended", index: log.records, offset: log.bytes } as const;
  log.records++;
  log.bytes += bytes;
  effects.record = { ...answer, log: name };
  return answer;
}

function create(state: CoordState, name: string, lock: string | undefined): Answer {
  const known = state.logs.get(name);
  if (known !== undefined) {
    const guard = guardOf(state, name, known);
    if (lock !== undefined && lock !== guard) return refused("name_taken", name);
    return { kind: "created", isNew: false, lock: guard };
  }
  if (state.logs.size >= MAX_LOGS) return refused("overloaded", name);
  const log = { ...lock === undefined ? {} : { lock }, records: 0, bytes: 0 };
  state.logs.set(name, log);
  return { kind: "created", isNew: true, lock: guardOf(state, name, log) };
}

/** A lease that has run out ends only when somebody waits: until then, its holder may still renew it. */
function expire(state: CoordState, command: Expire, effects: Effects): Answer {
  const { lock: name, token, renewal } = command;
  const lock = state.locks.get(name);
  if (lock?.token === token && lock.renewal === renewal && lock.queue.length > 0) {
    passOn(state, name, effects);
  }
  return { kind: "done" };
}

function placeOf(state: CoordState, client: string, session: Session): Answer {
  const place = placeInQueue(state.locks.get(session.waitsFor ?? ""), client);
  return { kind: "waiting", place, isRepeat: true };
}
