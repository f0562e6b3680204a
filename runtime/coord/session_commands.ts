import { type Answer, refused } from "./answer.ts";
import type { Cancel, Forget } from "./command.ts";
import type { Effects } from "./effects.ts";
import { endWait, holds, passOn } from "./lock_queue.ts";
import type { CoordState, Session } from "./state.ts";

/** Sessions known at a time; beyond them one is forgotten: a closed one, else the one that was idle longest. */
export const MAX_SESSIONS = 10_000;

/** Opens a session; opening it again changes nothing. */
export function open(state: CoordState, client: string): Answer {
  const known = state.sessions.get(client);
  if (known?.isClosed) return refused("session_expired", client);
  if (known === undefined && !makeRoom(state)) return refused("overloaded", client);
  touch(state, client, known ?? newSession());
  return { kind: "opened" };
}

/** Releases whatever the client holds, and refuses all that is still under way. */
export function close(state: CoordState, client: string, effects: Effects): Answer {
  const session = state.sessions.get(client);
  if (session === undefined || session.isClosed) return { kind: "closed" };
  letGo(state, client, session, effects);
  session.isClosed = true;
  touch(state, client, session);
  return { kind: "closed" };
}

/** Forgets a session, if it has been idle since. */
export function forget(state: CoordState, command: Forget, effects: Effects): Answer {
  const { client, activity } = command;
  const session = state.sessions.get(client);
  if (session === undefined || session.activity !== activity || session.waitsFor !== undefined) {
    return { kind: "done" };
  }
  letGo(state, client, session, effects);
  state.sessions.delete(client);
  return { kind: "done" };
}

/** Takes back the client's last request, if that is the acquire which is meant. */
export function cancel(state: CoordState, command: Cancel, effects: Effects): Answer {
  const { client, seq, reason } = command;
  const session = state.sessions.get(client);
  if (session === undefined || session.isClosed) return refused("session_expired", client);
  if (session.seq !== seq) return refused("stale_request", client);
  if (session.waitsFor !== undefined) {
    endWait(
      state,
      client,
      reason === "timeout" ? "lock_wait_timeout" : "lock_wait_cancelled",
      effects,
    );
  } else if (reason === "cancelled") takeBack(state, client, session, effects);
  return { kind: "cancelled" };
}

/** The session of a client that may still send requests. */
export function activeSession(state: CoordState, client: string): Session | undefined {
  const session = state.sessions.get(client);
  return session?.isClosed ? undefined : session;
}

/** Notes that a client was active. */
export function touch(state: CoordState, client: string, session: Session): void {
  session.activity = state.position;
  state.sessions.delete(client);
  state.sessions.set(client, session);
}

function takeBack(state: CoordState, client: string, session: Session, effects: Effects): void {
  const { answer } = session;
  if (answer?.kind !== "granted") return;
  session.answer = refused("lock_wait_cancelled", answer.lock);
  if (holds(state.locks.get(answer.lock), client, answer.token)) {
    passOn(state, answer.lock, effects);
  }
}

function letGo(state: CoordState, client: string, session: Session, effects: Effects): void {
  endWait(state, client, "session_expired", effects);
  for (const name of [...session.held]) passOn(state, name, effects);
}

function makeRoom(state: CoordState): boolean {
  if (state.sessions.size < MAX_SESSIONS) return true;
  let idlest: string | undefined;
  for (const [client, { held, waitsFor, isClosed }] of state.sessions) {
    // It is missed least: its tokens are void, so a late repeat could at most acquire a lock for one lease.
    if (isClosed) return state.sessions.delete(client);
    if (held.size === 0 && waitsFor === undefined) idlest ??= client;
  }
  return idlest !== undefined && state.sessions.delete(idlest);
}

function newSession(): Session {
  return {
    seq: -1,
    answer: undefined,
    waitsFor: undefined,
    activity: 0,
    isClosed: false,
    held: new Set(),
  };
}
