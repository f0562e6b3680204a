import type { Answer } from "./answer.ts";

/** Everything that commands change. Two states that folded the same commands are equal. */
export interface CoordState {
  /** Position of the last command folded; 0 before the first. */
  position: number;
  /** Whether a log that names no lock is guarded by one of its own name, else by {@linkcode SHARED_LOCK}. */
  lockPerLog: boolean;
  /** The locks that are held. Who waits, waits for one of them. */
  readonly locks: Map<string, LockState>;
  readonly logs: Map<string, LogState>;
  /** By client; whoever was active last stands last. */
  readonly sessions: Map<string, Session>;
}

/** A lock that is held. */
export interface LockState {
  holder: string;
  token: number;
  ttlMs: number;
  /** How often the lease was renewed. */
  renewal: number;
  /** In order of arrival. */
  readonly queue: Waiter[];
}

/** A request that waits for a lock. */
export interface Waiter {
  readonly client: string;
  readonly seq: number;
  readonly ttlMs: number;
  readonly waitMs?: number;
}

/** A log, without its records. */
export interface LogState {
  /** The lock it was created with, if any was named. */
  readonly lock?: string;
  records: number;
  bytes: number;
}

/** What is known of a client. */
export interface Session {
  /** Number of its last request; -1 before the first. */
  seq: number;
  /** The answer to that; undefined while the request waits. */
  answer: Answer | undefined;
  /** The lock that the last request waits for. */
  waitsFor: string | undefined;
  /** Position of its last command. */
  activity: number;
  /** A closed session stays known for a while, so that late repeats cannot open it again. */
  isClosed: boolean;
  /** Names of the locks it holds. */
  readonly held: Set<string>;
}

/** The lock that guards every log, unless told otherwise. */
export const SHARED_LOCK = "files";

const FRESH_LOGS = 100;

/** The state of a fresh data folder: the logs `file_0` to `file_99`. */
export function initialState(): CoordState {
  const logs = Array.from(
    { length: FRESH_LOGS },
    (_, n): [string, LogState] => [`file_${n}`, { records: 0, bytes: 0 }],
  );
  return {
    position: 0,
    lockPerLog: false,
    locks: new Map(),
    logs: new Map(logs),
    sessions: new Map(),
  };
}

/** The lock that guards a log. */
export function guardOf(state: CoordState, name: string, log: LogState): string {
  return log.lock ?? (state.lockPerLog ? name : SHARED_LOCK);
}

/** 1 for who is next in a lock's queue; 0 for who is not in it. */
export function placeInQueue(lock: LockState | undefined, client: string): number {
  return (lock?.queue.findIndex((waiter) => waiter.client === client) ?? -1) + 1;
}

/** A state as text, for a snapshot. */
export function encodeState(state: CoordState): string {
  const { position, lockPerLog, locks, logs, sessions } = state;
  return JSON.stringify({
    position,
    lockPerLog,
    locks: [...locks],
    logs: [...logs],
    sessions: [...sessions].map(([client, session]) => [
      client,
      { ...session, held: [...session.held] },
    ]),
  });
}

/** The inverse of {@linkcode encodeState}. */
export function decodeState(text: string): CoordState {
  const { position, lockPerLog, locks, logs, sessions } = JSON.parse(text);
  return {
    position,
    lockPerLog,
    locks: new Map(locks),
    logs: new Map(logs),
    sessions: new Map(
      (sessions as [string, Session & { held: string[] }][]).map(([client, session]) => [
        client,
        {
          ...session,
          answer: session.answer,
          waitsFor: session.waitsFor,
          held: new Set(session.held),
        },
      ]),
    ),
  };
}
