/** What a command comes to. Answers of sessions are stored, and given again to a repeat. */
export type Answer =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | Granted
  | Waiting
  | { readonly kind: "renewed"; readonly token: number; readonly ttlMs: number }
  | { readonly kind: "released" }
  | { readonly kind: "cancelled" }
  | Appended
  | { readonly kind: "created"; readonly isNew: boolean; readonly lock: string }
  | { readonly kind: "done" }
  | Refused;

/** The client holds the lock. */
export interface Granted {
  readonly kind: "granted";
  readonly lock: string;
  /** The fencing token: the position of the command that granted the lock. It grows for ever. */
  readonly token: number;
  readonly ttlMs: number;
}

/** The client is in the queue. Never stored. */
export interface Waiting {
  readonly kind: "waiting";
  /** 1 is next. */
  readonly place: number;
  /** Whether an earlier request with the same number put the client there. */
  readonly isRepeat: boolean;
}

/** The data is durable: the `index`th record of its log, `offset` bytes from its beginning. */
export interface Appended {
  readonly kind: "appended";
  readonly index: number;
  readonly offset: number;
}

/** Nothing was done. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  /** The lock or log concerned. */
  readonly name?: string;
}

/** Why a command is refused. */
export type RefusalReason =
  | "lock_lost"
  | "lock_wait_cancelled"
  | "lock_wait_timeout"
  | "log_not_found"
  | "name_taken"
  | "overloaded"
  | "session_expired"
  | "stale_request"
  | "wrong_lock";

/** Makes a {@linkcode Refused}. */
export function refused(reason: RefusalReason, name?: string): Refused {
  return name === undefined ? { kind: "refused", reason } : { kind: "refused", reason, name };
}
