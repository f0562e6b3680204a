import { join } from "node:path";
import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { DiskRoom } from "./disk_room.ts";
import { CoordService } from "./service.ts";
import { SqliteLog } from "./sqlite_log.ts";

/** Where locks and logs are kept, and how. */
export interface OpenCoordOptions {
  /** The server's data folder; the database is `coord.db` in it. */
  readonly dataFolder: string;
  /** Whether each log has a lock of its own. @default false */
  readonly lockPerLog?: boolean;
  /** Called once, when a commit has failed: the process must end. */
  readonly onFailure: (error: SkerryError) => void;
}

/** Opens the lock and log service of this server. @returns `invalid_config` if its database cannot be used */
export function openCoord(options: OpenCoordOptions): Result<CoordService, SkerryError> {
  const { dataFolder, lockPerLog, onFailure } = options;
  const path = join(dataFolder, "coord.db");
  const log = SqliteLog.open({ path, onFailure, room: DiskRoom.of(dataFolder) });
  if (!log.ok) return log;
  try {
    return ok(new CoordService({ log: log.value, lockPerLog }));
  } catch (thrown) {
    log.value.close();
    const why = (thrown as Error).message;
    const message = `Cannot read ${path}: ${why}; restore it from a copy, or move it away`;
    return err(skerryError("invalid_config", message));
  }
}
