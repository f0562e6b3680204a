/** What the command line asks for. */
import { parseArgs } from "@std/cli";
import type { Bench, Size } from "./report.ts";

/** What to measure, and how to print it. */
export interface Request {
  readonly benches: readonly Bench[];
  readonly size: Size;
  readonly isJson: boolean;
}

/**
 * Reads the command line: names of benchmarks (all, if there are none), `--quick`, `--json`. Undefined for one that cannot
 * be understood.
 */
export function readRequest(
  args: readonly string[],
  available: readonly Bench[],
): Request | undefined {
  let hasUnknown = false;
  const parsed = parseArgs([...args], {
    boolean: ["quick", "json"],
    string: ["_"],
    unknown: (_argument: string, key?: string) => {
      if (key !== undefined) hasUnknown = true;
      return key === undefined;
    },
  });
  const names: string[] = parsed._.map(String);
  const isKnown = (name: string) => available.some((bench) => bench.name === name);
  if (hasUnknown || !names.every(isKnown)) return undefined;
  return {
    benches: available.filter(({ name }) => names.length === 0 || names.includes(name)),
    size: parsed.quick ? "quick" : "full",
    isJson: Boolean(parsed.json),
  };
}
