/** How fast is the rewriter? */
import { readFile } from "node:fs/promises";
import { buildGo, GO_HELLO, hasGo } from "../tests/support/toolchains.ts";
import { DEFAULT_LIMITS } from "../runtime/isolate/limits.ts";
import { instrument } from "../runtime/wasm/instrument.ts";
import { compile, isolateOf, runCommand } from "./support/command.ts";
import { alternate, expectAnswer, median, timeMs, type Variant } from "./support/measure.ts";
import { repeatFunctions } from "./support/repeat_functions.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";
import expected from "./programs/expected.json" with { type: "json" };

interface Effort {
  readonly rounds: number;
  /** Bytes rewritten a round, over all repetitions. */
  readonly roundBytes: number;
  readonly withGo: boolean;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 15, roundBytes: 10_000_000, withGo: true },
  quick: { rounds: 7, roundBytes: 3_000_000, withGo: true },
  tiny: { rounds: 1, roundBytes: 1, withGo: false },
};

const WARM_UP_ROUNDS = 3;
const LARGE_BYTES = 1_000_000;
const MEDIUM_BYTES = 100_000;

interface Subject {
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly answer: string;
}

export const rewrite: Bench = {
  name: "rewrite",
  question: "How fast is the rewriter?",
  run: async (size) => {
    const effort = EFFORTS[size];
    const subjects = await listSubjects(effort.withGo);
    const variants = subjects.map((subject) => rewriteVariant(subject, effort.roundBytes));
    await alternate(variants, WARM_UP_ROUNDS);
    return report(await alternate(variants, effort.rounds));
  },
};

/** C code of two sizes, and what Go's compiler makes where it is installed. */
async function listSubjects(withGo: boolean): Promise<Subject[]> {
  const file = new URL("programs/json_parse.wasm", import.meta.url);
  const module = new Uint8Array(await readFile(file));
  const copyBytes = repeatFunctions(module, 2).length - module.length;
  const sized = (wantedBytes: number): Subject => {
    const copies = Math.ceil((wantedBytes - module.length) / copyBytes);
    const bytes = repeatFunctions(module, 1 + copies);
    return { label: `C, ${kilobytes(bytes)}`, bytes, answer: expected.json_parse };
  };
  const subjects = [sized(MEDIUM_BYTES), sized(LARGE_BYTES)];
  if (!withGo || !hasGo()) return subjects;
  const bytes = await buildGo(GO_HELLO);
  return [...subjects, { label: `Go, ${kilobytes(bytes)}`, bytes, answer: "Hello from Go!\n" }];
}

function kilobytes(bytes: Uint8Array): string {
  return `${Math.round(bytes.length / 1000)} kB`;
}

/** Megabytes of input a second. */
function rewriteVariant({ label, bytes, answer }: Subject, roundBytes: number): Variant {
  expectAnswer(`the rewriter on ${label}`, runCommand(isolateOf(compile(bytes))), answer);
  const repetitions = Math.ceil(roundBytes / bytes.length);
  const { memoryPages } = DEFAULT_LIMITS;
  const measure = () => {
    const tookMs = timeMs(() => {
      for (let i = 0; i < repetitions; i++) instrument(bytes, { memoryPages });
    });
    return repetitions * bytes.length / 1e6 / (tookMs / 1000);
  };
  return { label, measure };
}

function report(values: ReadonlyMap<string, readonly number[]>): Report {
  const rows = [...values].map(([label, values]): Row => ({ label, unit: "MB/s", values }));
  const [_medium, ...large] = rows;
  return {
    rows,
    targets: large.map(({ label, values }): Target => ({
      claim: `rewriting ${label}`,
      value: median(values),
      unit: "MB/s",
      bound: "at least",
      limit: 20,
    })),
    notes: [
      "The C modules are json_parse with its functions repeated: each copy is scanned and rewritten like the first.",
      ...large.length === 1 ? ["Without Go (1.21 or later) its row is left out."] : [],
    ],
  };
}
