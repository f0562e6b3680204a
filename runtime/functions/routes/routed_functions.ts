import { join } from "node:path";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Catalogue } from "../catalogue.ts";
import { delay } from "../../clock.ts";
import { isFull, reasonOf, storageError } from "../deployed/storage_error.ts";
import type { RouteRow, RouteTable } from "../deployments.ts";
import { checkReach } from "./route_reach.ts";
import { MAX_ROWS, RouteDatabase } from "./route_database.ts";
import { parseRouteKey, showKey } from "./route_key.ts";
import type { RouteContext } from "./route_origin.ts";
import { parseRouteSpec } from "./route_spec.ts";
import { TableRows } from "./table_rows.ts";

/** What {@linkcode RoutedFunctions} needs. */
export interface RoutedFunctionsOptions extends Omit<RouteContext, "clock"> {
  readonly dataFolder: string;
}

/** The table's file in the data folder. */
const TABLE_FILE = "faas_meta.db";
/** How often is looked whether another program changed the table. */
const POLL_MS = 250;
/** After so many looks without a change the file is settled. */
const SETTLE_AFTER = 8;
/** For how long another program that writes is waited for. */
const BUSY_PATIENCE_MS = 5_000;
const BUSY_RETRY_MS = 20;

/** The functions of the route table: follows what other programs do to the database, and changes rows itself. */
export class RoutedFunctions implements RouteTable {
  readonly #database: RouteDatabase;
  readonly #catalogue: Catalogue;
  readonly #context: RouteContext;
  readonly #rows: TableRows;
  /** The database does one thing after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #quietPolls = 0;
  #problem: string | undefined;
  #cancelPoll = () => {};
  #isClosed = false;

  /**
   * Opens the table, serves its rows and begins to follow it.
   *
   * @returns `storage_failed` that says what to do: nothing that cannot be read is ever written over.
   */
  static async open(
    options: RoutedFunctionsOptions,
    catalogue: Catalogue,
  ): Promise<Result<RoutedFunctions, SkerryError>> {
    let database: RouteDatabase | undefined;
    try {
      database = new RouteDatabase(join(options.dataFolder, TABLE_FILE));
      const functions = new RoutedFunctions(database, options, catalogue);
      await functions.#reload();
      functions.#schedule();
      return ok(functions);
    } catch (thrown) {
      database?.close();
      return err(unusable(thrown));
    }
  }

  private constructor(
    database: RouteDatabase,
    options: RoutedFunctionsOptions,
    catalogue: Catalogue,
  ) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#context = { ...options, clock: catalogue.context.clock };
    this.#rows = new TableRows(this.#context, catalogue);
  }

  list(): readonly RouteRow[] {
    return this.#rows.list();
  }

  async put(key: string, value: string): Promise<Result<RouteRow, SkerryError>> {
    const parsed = parseRouteKey(key);
    if (!parsed.ok) return parsed;
    // A row that came over the network is not told the server's variables.
    const spec = parseRouteSpec(key, value, () => undefined);
    if (!spec.ok) return spec;
    const refused = await checkReach(key, spec.value, this.#context.folder);
    if (refused !== undefined) return err(refused);
    const updated = Math.floor(this.#context.clock.wallMs() / 1000);
    const row = { key, value, updated };
    const written = await this.#write(`put ${showKey(key)}`, () => {
      this.#database.put(key, value, updated);
      this.#rows.apply(row);
    });
    if (!written.ok) return written;
    const settled = await this.#rows.settle(key);
    return settled === undefined ? err(notFound(key)) : ok(settled);
  }

  remove(key: string): Promise<Result<void, SkerryError>> {
    return this.#write(`remove ${showKey(key)}`, () => {
      if (!this.#rows.has(key)) return err(notFound(key));
      this.#database.remove(key);
      this.#rows.forget(key);
    });
  }

  /** Stops following; what serves keeps serving. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelPoll();
    await this.#turn;
    this.#database.close();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#cancelPoll = this.#context.clock.after(POLL_MS, async () => {
      await this.#inTurn(() => this.#follow());
      this.#schedule();
    });
  }

  /** One look at the table; whatever is wrong with it, what was read last keeps serving. */
  async #follow(): Promise<void> {
    try {
      if (this.#database.hasChanged()) await this.#reload();
      else if (++this.#quietPolls === SETTLE_AFTER) this.#database.settle();
      this.#problem = undefined;
    } catch (thrown) {
      this.#report(`${reasonOf(thrown)}; what was read last keeps serving`);
    }
    if (!this.#isClosed) this.#rows.lookAtModules();
  }

  async #reload(): Promise<void> {
    this.#quietPolls = 0;
    const { rows, isCut } = await this.#database.read();
    if (isCut) this.#report(`it has more than ${MAX_ROWS} rows; the others are not served`);
    await this.#rows.replaceAll(rows);
  }

  async #write(
    attempt: string,
    action: () => Result<void, SkerryError> | void,
  ): Promise<Result<void, SkerryError>> {
    if (this.#isClosed) {
      return err(skerryError("shutting_down", `Cannot ${attempt}: the server is stopping`));
    }
    return await this.#inTurn(() => this.#tryToWrite(attempt, action));
  }

  async #tryToWrite(
    attempt: string,
    action: () => Result<void, SkerryError> | void,
  ): Promise<Result<void, SkerryError>> {
    const { clock } = this.#context;
    const deadlineMs = clock.monotonicMs() + BUSY_PATIENCE_MS;
    while (true) {
      try {
        // What took the place of the file, or of a row, must not be overlooked.
        if (this.#database.hasChanged()) await this.#reload();
        return action() ?? ok(undefined);
      } catch (thrown) {
        if (!isBusy(thrown)) return err(storageError(attempt, thrown));
        if (clock.monotonicMs() >= deadlineMs) return err(busy(attempt));
      }
      await delay(clock, BUSY_RETRY_MS);
    }
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => {});
    return result;
  }

  #report(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const message = `Cannot read the route table ${TABLE_FILE}: ${problem}`;
    this.#catalogue.emit({ kind: "route_problem", message });
  }
}

function notFound(key: string): SkerryError {
  return skerryError("route_not_found", `Cannot find a row ${showKey(key)} in the route table`);
}

function busy(attempt: string): SkerryError {
  const found = `another program has been writing to ${TABLE_FILE} for ${BUSY_PATIENCE_MS} ms`;
  return skerryError("storage_failed", `Cannot ${attempt}: ${found}; end its transaction`);
}

/** Deno's errors have no `errcode`. */
function isBusy(thrown: unknown): boolean {
  return /database (table )?is locked/.test((thrown as Error).message);
}

function unusable(thrown: unknown): SkerryError {
  const message = `Cannot open the route table ${TABLE_FILE} in the data folder: ` +
    `${reasonOf(thrown)}; nothing was changed`;
  if (isFull(thrown)) return skerryError("storage_full", `${message}; make room and start again`);
  const hint = isBusy(thrown)
    ? "end the program that uses it, and start again"
    : "restore it from a backup, or move it away to begin with an empty one";
  return skerryError("storage_failed", `${message}; ${hint}`);
}
