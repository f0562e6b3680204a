/**
 * Runs benchmarks and prints what they found: the machine, then a table a question with medians, the value of every
 * round, and the targets. A wrong answer ends a benchmark with an error; a missed target does not.
 *
 *     deno task bench                      # all of them, for the record; under ten minutes
 *     deno task bench metering rewrite     # these
 *     deno task bench --quick              # smaller sizes, for a first look
 *     deno task bench --json > bench.json  # one JSON object
 *
 * @module
 */
import process from "node:process";
import { BENCHES } from "./benches.ts";
import { describeMachine, formatMachine } from "./support/machine.ts";
import { readRequest } from "./support/request.ts";
import { type Bench, formatReport, isMet, type Report, type Size } from "./support/report.ts";

const USAGE = `Usage: deno task bench [NAME…] [--quick] [--json]

${BENCHES.map(({ name, question }) => `  ${name.padEnd(11)}${question}`).join("\n")}`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

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
  const request = readRequest(args, BENCHES);
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
