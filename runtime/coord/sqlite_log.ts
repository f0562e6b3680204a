import type { DatabaseSync } from "node:sqlite";
import { type SkerryError, skerryError } from "../errors.ts";
import { sqlite } from "../platform/sqlite.ts";
import { err, ok, type Result } from "../result.ts";
import type { Command } from "./command.ts";
import { adaptiveSchedule, type CommitSchedule } from "./commit_schedule.ts";
import type { DiskRoom } from "./disk_room.ts";
import type { Log, LogFollower, LogRecord, Proposal, ReadBounds, RecordPlace } from "./log.ts";
import { prepareDatabase } from "./sqlite_schema.ts";

/** How a {@linkcode SqliteLog} works. */
export interface SqliteLogOptions {
  /** The database file. */
  readonly path: string;
  /** Called once, when a commit has failed: what was proposed is in doubt, and the process must end. */
  readonly onFailure: (error: SkerryError) => void;
  /** Commands after which a snapshot is taken. @default 20000 */
  readonly snapshotEvery?: number;
  /** The room on the database's disk. @default there is always some */
  readonly room?: Pick<DiskRoom, "take">;
  /** When a group of commands is committed. @default as {@linkcode adaptiveSchedule} has it */
  readonly schedule?: CommitSchedule;
}

const SNAPSHOT_EVERY = 20_000;
/** A command as text, and its share of a page. */
const COMMAND_BYTES = 1024;

/**
 * A log in an SQLite database of this server. What is proposed until the schedule says so is committed as one transaction,
 * with one wait for the disk.
 */
export class SqliteLog implements Log {
  readonly #database: DatabaseSync;
  readonly #options: SqliteLogOptions;
  readonly #statements: Statements;
  readonly #commitSoon: CommitSchedule;
  #follower: LogFollower | undefined;
  #position = 0;
  #snapshotPosition = 0;
  #proposed: Proposal[] = [];
  #isScheduled = false;
  #hasFailed = false;

  private constructor(database: DatabaseSync, options: SqliteLogOptions) {
    this.#database = database;
    this.#options = options;
    this.#statements = prepareStatements(database);
    this.#commitSoon = options.schedule ?? adaptiveSchedule();
  }

  /** Opens the database, and makes it where it is missing. @returns `invalid_config` if that cannot be done */
  static open(options: SqliteLogOptions): Result<SqliteLog, SkerryError> {
    let database: DatabaseSync | undefined;
    try {
      database = new (sqlite().DatabaseSync)(options.path);
      prepareDatabase(database);
      return ok(new SqliteLog(database, options));
    } catch (thrown) {
      database?.close();
      const why = (thrown as Error).message;
      const message =
        `Cannot open ${options.path}: ${why}; repair it or restore it from a copy, or move it away to begin anew`;
      return err(skerryError("invalid_config", message));
    }
  }

  start(follower: LogFollower): void {
    const snapshot = this.#statements.snapshot.get() as Snapshot | undefined;
    if (snapshot !== undefined) {
      follower.restore(snapshot.state);
      this.#position = this.#snapshotPosition = snapshot.position;
    }
    for (const row of this.#statements.commandsAfter.iterate(this.#position)) {
      this.#replay(row as unknown as Batch, follower);
    }
    follower.onDurable();
    this.#follower = follower;
    if (this.#proposed.length > 0) this.#schedule();
  }

  hasRoom(bytes: number): boolean {
    return this.#options.room?.take(COMMAND_BYTES + bytes) ?? true;
  }

  propose(proposal: Proposal): void {
    if (this.#hasFailed) return;
    this.#proposed.push(proposal);
    if (this.#follower !== undefined) this.#schedule();
  }

  read(log: string, from: number, { records, bytes }: ReadBounds): LogRecord[] {
    const found: LogRecord[] = [];
    let length = 0;
    for (const row of this.#statements.read.iterate(log, from, records)) {
      const { idx: index, off: offset, position, data } = row as unknown as RecordRow;
      length += data.length;
      if (found.length > 0 && length > bytes) break;
      found.push({ index, offset, position, data });
    }
    return found;
  }

  /** By halves, as offsets grow with indices: no index of offsets has to be written with every record. */
  indexAt(log: string, offset: number): number {
    const { offsetOf, lastIndex } = this.#statements;
    let low = 0;
    let high = (lastIndex.get(log) as { last: number | null }).last ?? 0;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const { off } = offsetOf.get(log, middle) as { off: number };
      if (off <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  close(): void {
    if (!this.#hasFailed) this.#commit();
    this.#hasFailed = true;
    this.#database.close();
  }

  #replay({ first, batch }: Batch, follower: LogFollower): void {
    if (first !== this.#position + 1) {
      throw new Error(`Command ${this.#position + 1} is missing: the next one is ${first}`);
    }
    for (const command of JSON.parse(batch) as Command[]) {
      follower.onCommit(++this.#position, command, 0);
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#commitSoon(() => this.#commit());
  }

  /** How many commands it committed. */
  #commit(): number {
    this.#isScheduled = false;
    const batch = this.#proposed;
    const follower = this.#follower;
    if (batch.length === 0 || follower === undefined || this.#hasFailed) return 0;
    this.#proposed = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      this.#fold(batch, follower);
      this.#takeSnapshot(follower);
      this.#database.exec("COMMIT");
    } catch (thrown) {
      this.#fail(thrown as Error);
      return 0;
    }
    follower.onDurable();
    return batch.length;
  }

  /** The follower's state is ahead of the disk until the commit; nobody sees it before, for nothing here waits. */
  #fold(batch: readonly Proposal[], follower: LogFollower): void {
    const first = this.#position + 1;
    for (const { command, data, ticket } of batch) {
      const place = follower.onCommit(++this.#position, command, ticket);
      if (place !== undefined) this.#insertRecord(place, data ?? NO_DATA);
    }
    const commands = JSON.stringify(batch.map(({ command }) => command));
    this.#statements.insertBatch.run(this.#position, first, commands);
  }

  #insertRecord({ log, index, offset }: RecordPlace, data: Uint8Array): void {
    this.#statements.insertRecord.run(log, index, offset, this.#position, data);
  }

  #takeSnapshot(follower: LogFollower): void {
    const { snapshotEvery = SNAPSHOT_EVERY } = this.#options;
    if (this.#position - this.#snapshotPosition < snapshotEvery) return;
    this.#statements.insertSnapshot.run(this.#position, follower.snapshot());
    this.#statements.deleteCommands.run(this.#position);
    this.#snapshotPosition = this.#position;
  }

  #fail(thrown: Error): void {
    this.#hasFailed = true;
    const message =
      `Cannot commit to ${this.#options.path}: ${thrown.message}; what was acknowledged is safe, make room or repair the disk, and start again`;
    this.#options.onFailure(skerryError("internal_error", message));
  }
}

interface Snapshot {
  readonly position: number;
  readonly state: string;
}

interface Batch {
  readonly first: number;
  readonly batch: string;
}

interface RecordRow {
  readonly idx: number;
  readonly off: number;
  readonly position: number;
  readonly data: Uint8Array;
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  return {
    snapshot: database.prepare("SELECT position, state FROM snapshots"),
    commandsAfter: database.prepare(
      "SELECT first, batch FROM commands WHERE last > ? ORDER BY last",
    ),
    insertBatch: database.prepare("INSERT INTO commands (last, first, batch) VALUES (?, ?, ?)"),
    insertRecord: database.prepare(
      "INSERT INTO records (log, idx, off, position, data) VALUES (?, ?, ?, ?, ?)",
    ),
    insertSnapshot: database.prepare(
      "INSERT OR REPLACE INTO snapshots (id, position, state) VALUES (1, ?, ?)",
    ),
    deleteCommands: database.prepare("DELETE FROM commands WHERE last <= ?"),
    lastIndex: database.prepare("SELECT max(idx) AS last FROM records WHERE log = ?"),
    offsetOf: database.prepare("SELECT off FROM records WHERE log = ? AND idx = ?"),
    read: database.prepare(
      "SELECT idx, off, position, data FROM records WHERE log = ? AND idx >= ? ORDER BY idx LIMIT ?",
    ),
  };
}

const NO_DATA = new Uint8Array(0);
