/** What the tests of this folder put in place of the other parts. */
import type { Command } from "./command.ts";
import type { Log, LogFollower, LogRecord, Proposal, ReadBounds } from "./log.ts";
import { SqliteLog, type SqliteLogOptions } from "./sqlite_log.ts";

/** A log in memory that commits every command at once. */
export class MemoryLog implements Log {
  readonly commands: Command[] = [];
  readonly #records = new Map<string, LogRecord[]>();
  #follower: LogFollower | undefined;

  start(follower: LogFollower): void {
    this.#follower = follower;
  }

  hasRoom(): boolean {
    return true;
  }

  propose({ command, data, ticket }: Proposal): void {
    const position = this.commands.push(command);
    const place = this.#follower!.onCommit(position, command, ticket);
    if (place !== undefined) {
      const { log, index, offset } = place;
      const records = this.#records.get(log) ?? [];
      this.#records.set(log, records);
      records.push({ index, offset, position, data: data ?? new Uint8Array(0) });
    }
    this.#follower!.onDurable();
  }

  read(log: string, from: number, { records }: ReadBounds): LogRecord[] {
    return this.#records.get(log)?.slice(from, from + records) ?? [];
  }

  indexAt(log: string, offset: number): number {
    const records = this.#records.get(log) ?? [];
    return Math.max(0, records.findLastIndex((record) => record.offset <= offset));
  }

  close(): void {}
}

/** An SQLite log that must open. */
export function openLog(
  path: string,
  options: Partial<SqliteLogOptions> = {},
): SqliteLog {
  const onFailure = ({ message }: { message: string }) => {
    throw new Error(message);
  };
  const log = SqliteLog.open({ path, onFailure, ...options });
  if (!log.ok) throw new Error(log.error.message);
  return log.value;
}
