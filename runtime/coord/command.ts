/**
 * What can happen to locks, logs and sessions. Commands are put in one order by a {@linkcode Log} and folded in that
 * order by {@linkcode apply}. They hold no clock time and no randomness, and go into the log as JSON.
 */
export type Command =
  | { readonly type: "open"; readonly client: string }
  | { readonly type: "close"; readonly client: string }
  | Acquire
  | Cancel
  | Renew
  | Release
  | Append
  | { readonly type: "create"; readonly log: string; readonly lock?: string }
  | { readonly type: "configure"; readonly lockPerLog: boolean }
  | Expire
  | Forget;

/** What every command of a session has: who, and the how-manieth request it is. */
export interface Numbered {
  readonly client: string;
  /** Grows from request to request of a client; a repeat has the number of the first try. */
  readonly seq: number;
}

/** Asks for a lock. `waitMs` 0 does not wait, undefined waits without end. */
export interface Acquire extends Numbered {
  readonly type: "acquire";
  readonly lock: string;
  readonly ttlMs: number;
  readonly waitMs?: number;
}

/**
 * Takes back the acquire with this number. A timeout takes it back only while it waits; a client that cancels does not
 * want the lock either if it was granted meanwhile.
 */
export interface Cancel extends Numbered {
  readonly type: "cancel";
  readonly reason: "cancelled" | "timeout";
}

/** Begins the holder's lease anew. Not numbered: doing it twice harms nothing, and it must not end a wait for another lock. */
export interface Renew {
  readonly type: "renew";
  readonly client: string;
  readonly lock: string;
  readonly token: number;
  readonly ttlMs: number;
}

/** Gives the lock to whoever waits longest. */
export interface Release extends Numbered {
  readonly type: "release";
  readonly lock: string;
  readonly token: number;
}

/** Appends to a log under its lock. The bytes travel beside the command; only how many matters to the state. */
export interface Append extends Numbered {
  readonly type: "append";
  readonly log: string;
  /** The lock the client believes it holds; undefined means the one that guards the log. */
  readonly lock?: string;
  readonly token: number;
  readonly bytes: number;
}

/** A lease has run out. Names the renewal it is about, so that a late one does nothing. */
export interface Expire {
  readonly type: "expire";
  readonly lock: string;
  readonly token: number;
  readonly renewal: number;
}

/** A session has been idle for long. Names its last activity, so that a late one does nothing. */
export interface Forget {
  readonly type: "forget";
  readonly client: string;
  /** Position of the session's last command. */
  readonly activity: number;
}
