import type { CoordGrant } from "../coord/guest/coord_grant.ts";
import { type ConfigTable, readArray } from "./config_table.ts";

/** What names and patterns consist of; see `isName`. */
const PATTERN = /^[\w.~:@*-]{1,128}$/;

/** Reads `[coord]`; undefined without the table, so that functions that ask for nothing cost nothing. */
export function readCoord(root: ConfigTable): CoordGrant | undefined {
  if (!root.has("coord")) return undefined;
  const table = root.table("coord");
  const locks = readPatterns(table, "locks");
  const logs = readPatterns(table, "logs");
  table.finish();
  return { locks, logs };
}

function readPatterns(table: ConfigTable, key: string): string[] {
  const expected = 'an array of names such as "files", in which * stands for any characters';
  return table.value(key, expected, (value) => readArray(value, readPattern)) ?? [];
}

function readPattern(value: unknown): string | undefined {
  return typeof value === "string" && PATTERN.test(value) ? value : undefined;
}
