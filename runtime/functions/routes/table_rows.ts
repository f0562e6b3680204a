import { type SkerryError, skerryError } from "../../errors.ts";
import { err } from "../../result.ts";
import type { Catalogue } from "../catalogue.ts";
import { yieldToEventLoop } from "../../yield_to_event_loop.ts";
import type { RouteRow } from "../deployments.ts";
import { FunctionEntry } from "../function_entry.ts";
import { parseRouteKey, showKey } from "./route_key.ts";
import { type RouteContext, RouteOrigin } from "./route_origin.ts";
import { isSameRow, type StoredRow } from "./stored_row.ts";

/** Modules' files looked at each time, in turn: all that are loaded, 512 at most, within some two seconds. */
const LOOKS_AT_ONCE = 64;
/** Rows gone through each time, which takes less than a millisecond. */
const ROWS_AT_A_LOOK = 10_000;
/** Rows that take effect before requests have their turn. */
const ROWS_AT_ONCE = 500;

/** A row, and the function it makes. */
interface Routed {
  row: StoredRow;
  readonly fn: FunctionEntry;
  readonly origin: RouteOrigin;
}

/** A row that makes none, because of its key. */
interface Refused {
  readonly row: StoredRow;
  readonly error: SkerryError;
}

/**
 * The rows as they are served. A bad row harms no other one, and a changed row is prepared beside the version that
 * serves, as a file of the folder is.
 */
export class TableRows {
  readonly #context: RouteContext;
  readonly #catalogue: Catalogue;
  readonly #routed = new Map<string, Routed>();
  readonly #refused = new Map<string, Refused>();
  #looking: Promise<void> | undefined;
  #looks: Iterator<Routed> = [][Symbol.iterator]();

  constructor(context: RouteContext, catalogue: Catalogue) {
    this.#context = context;
    this.#catalogue = catalogue;
  }

  has(key: string): boolean {
    return this.#routed.has(key) || this.#refused.has(key);
  }

  /** In the order of keys. */
  list(): RouteRow[] {
    const rows = [
      ...[...this.#routed.values()].map((routed) => this.#present(routed)),
      ...[...this.#refused.values()].map(presentRefused),
    ];
    return rows.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  }

  /** Takes in everything the table holds. */
  async replaceAll(rows: readonly StoredRow[]): Promise<void> {
    const keys = new Set(rows.map(({ key }) => key));
    const gone = [...this.#routed.keys(), ...this.#refused.keys()].filter((key) => !keys.has(key));
    for (const key of gone) this.forget(key);
    for (const [index, row] of rows.entries()) {
      if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await yieldToEventLoop();
      this.apply(row);
    }
  }

  /** Takes in a row that is new, or was changed. */
  apply(row: StoredRow): void {
    const { key } = row;
    const known = this.#routed.get(key) ?? this.#refused.get(key);
    if (known !== undefined && isSameRow(known.row, row)) return;
    const routed = this.#routed.get(key);
    if (routed === undefined) return this.#add(row);
    routed.row = row;
    routed.origin.update(row);
    if (routed.fn.checkStale()) this.#catalogue.prepare(routed.fn);
  }

  #add(row: StoredRow): void {
    const { key, keyProblem } = row;
    const parsed = keyProblem === undefined ? parseRouteKey(key) : err(badKey(key, keyProblem));
    if (!parsed.ok) return this.#refuse(row, parsed.error);
    const origin = new RouteOrigin(row, this.#context);
    const fn = new FunctionEntry(parsed.value, origin, this.#catalogue.context);
    this.#routed.set(key, { row, fn, origin });
    this.#catalogue.add(fn);
    this.#catalogue.prepare(fn);
  }

  #refuse(row: StoredRow, error: SkerryError): void {
    const isNews = this.#refused.get(row.key)?.error.message !== error.message;
    this.#refused.set(row.key, { row, error });
    if (isNews) this.#catalogue.emit({ kind: "route_problem", message: error.message });
  }

  /** Ends serving a row. */
  forget(key: string): void {
    this.#refused.delete(key);
    const routed = this.#routed.get(key);
    if (routed === undefined) return;
    this.#routed.delete(key);
    this.#catalogue.remove(routed.fn);
  }

  /** Resolves with a row when it serves, or is known not to. */
  async settle(key: string): Promise<RouteRow | undefined> {
    const routed = this.#routed.get(key);
    while (routed?.fn.isStale) await routed.fn.refresh();
    return routed && this.#present(routed);
  }

  /** A module may be replaced, or come, without a word in the table. */
  lookAtModules(): void {
    // A file system that hangs must not keep rows from changing.
    this.#looking ??= this.#lookAtSome().finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookAtSome(): Promise<void> {
    let looked = 0;
    for (let i = 0; i < ROWS_AT_A_LOOK && looked < LOOKS_AT_ONCE; i++) {
      const next = this.#looks.next();
      if (next.done) {
        this.#looks = this.#routed.values();
        return;
      }
      const { fn, origin } = next.value;
      // What is not loaded is read anew by whoever calls it.
      if (fn.state === "unloaded") continue;
      looked++;
      await origin.look();
      if (fn.checkStale()) this.#catalogue.prepare(fn);
    }
  }

  #present({ row: { key, value, updated }, fn }: Routed): RouteRow {
    const { state, error } = this.#catalogue.statusOf(fn);
    return { key, value, updated, state, error };
  }
}

function presentRefused({ row: { key, value, updated }, error }: Refused): RouteRow {
  const { code, message } = error;
  return { key, value, updated, state: "broken", error: { code, message } };
}

function badKey(key: string, problem: string): SkerryError {
  return skerryError("invalid_config", `Cannot use the row ${showKey(key)}: ${problem}`);
}
