/**
 * Runs benchmarks and prints what they found: the machine, then a table a question with medians, the value of every
 * round, and the targets. A wrong answer ends a benchmark with an error; a missed target does not.
 *
 *     deno task bench                      # all of them, for the record: about ten minutes
 *     deno task bench metering rewrite     # these
 *     deno task bench --quick              # smaller sizes, for a first look
 *     deno task bench --json > bench.json  # one JSON object
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import process from "node:process";
import { BENCHES } from "./benches.ts";
import { describeMachine, formatMachine } from "./support/machine.ts";
import { type Bench, formatReport, isMet, type Report, type Size } from "./support/report.ts";

const USAGE = `Usage: deno task bench [NAME…] [--quick] [--json]

${BENCHES.map(({ name, question }) => `  ${name.padEnd(11)}${question}`).join("\n")}`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Request {
  readonly benches: readonly Bench[];
  readonly size: Size;
  readonly isJson: boolean;
}

/** Undefined for a command line that cannot be understood. */
function readRequest(args: readonly string[]): Request | undefined {
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
  const isKnown = (name: string) => BENCHES.some((bench) => bench.name === name);
  if (hasUnknown || !names.every(isKnown)) return undefined;
  return {
    benches: BENCHES.filter(({ name }) => names.length === 0 || names.includes(name)),
    size: parsed.quick ? "quick" : "full",
    isJson: Boolean(parsed.json),
  };
}

/** Undefined if the benchmark failed; others can still be run. */
async function runBench(bench: Bench, size: Size): Promise<Report | undefined> {
  console.error(`Measuring: ${bench.question}`);
  try {
    return await bench.run(size);
  } catch (error) {
    console.error(error);
    return undefined;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const request = readRequest(args);
  if (request === undefined) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const { benches, size, isJson } = request;
  const machine = describeMachine();
  if (!isJson) console.log(formatMachine(machine));
  const finished: unknown[] = [];
  for (const bench of benches) {
    const report = await runBench(bench, size);
    if (report === undefined) continue;
    finished.push(toJson(bench, report));
    if (!isJson) console.log(`\n${formatReport(bench.question, report)}`);
  }
  if (isJson) console.log(JSON.stringify({ machine, size, benches: finished }, null, 2));
  return finished.length === benches.length ? 0 : EXIT_FAILED;
}

function toJson({ name, question }: Bench, { rows, targets, notes }: Report) {
  const judged = targets.map((target) => ({ ...target, isMet: isMet(target) }));
  return { name, question, rows, targets: judged, notes };
}

process.exitCode = await main(process.argv.slice(2));
