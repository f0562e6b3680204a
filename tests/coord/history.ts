/** What clients of locks and logs did and were told, by one clock. */

/** When a request was begun, and when its answer came. The server ran it in between, or not at all. */
export interface Span {
  readonly client: string;
  readonly invokedMs: number;
  readonly returnedMs: number;
}

/** What a request came to: done, refused with this code, or nobody knows. */
export type Outcome = "ok" | "unknown" | `refused ${string}`;

/** An acquire. */
export interface Acquire extends Span {
  readonly lock: string;
  readonly ttlMs: number;
  readonly outcome: Outcome;
  /** When the client was first told that it waits. */
  readonly queuedMs?: number;
  /** The token, if it was granted. */
  readonly token?: number;
}

/** What a holder did, or believed to be allowed to do, under a token. */
export interface HolderAction extends Span {
  readonly kind: "append" | "renew" | "release";
  readonly lock: string;
  readonly token: number;
  readonly outcome: Outcome;
  /** What an append was to append; every append of a history has data of its own. */
  readonly append?: { readonly log: string; readonly data: string };
  /** Where it went, if it was done. */
  readonly place?: { readonly index: number; readonly offset: number };
}

/** A record as it was read in the end. */
export interface FinalRecord {
  readonly log: string;
  readonly index: number;
  readonly offset: number;
  /** The place of the append among everything that happened on the server. */
  readonly position: number;
  readonly data: string;
}

/** All of it. */
export interface History {
  readonly acquires: Acquire[];
  readonly actions: HolderAction[];
  records: readonly FinalRecord[];
}

/** Nothing yet. */
export function emptyHistory(): History {
  return { acquires: [], actions: [], records: [] };
}

/** An acquire that was granted, and what was done under its token, in order. */
export interface Hold {
  readonly acquire: Acquire;
  readonly token: number;
  readonly actions: readonly HolderAction[];
}

/** The holds of each lock, in the order of their tokens. */
export function holdsByLock({ acquires, actions }: History): Map<string, Hold[]> {
  const byToken = Map.groupBy(actions, ({ lock, client, token }) => `${lock} ${client} ${token}`);
  const holds = acquires.flatMap((acquire): Hold[] => {
    const { lock, client, token } = acquire;
    if (token === undefined) return [];
    return [{ acquire, token, actions: byToken.get(`${lock} ${client} ${token}`) ?? [] }];
  });
  holds.sort((a, b) => a.token - b.token);
  return Map.groupBy(holds, ({ acquire }) => acquire.lock);
}

/** A rule that a history breaks. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

/** Makes a {@linkcode Violation}, with what shows it. */
export function violation(rule: string, ...shown: unknown[]): Violation {
  return { rule, detail: shown.map((each) => JSON.stringify(each)).join("\n    ") };
}
