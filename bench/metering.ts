/** How much slower does counting fuel make programs? */
import { readFile } from "node:fs/promises";
import { compile, isolateOf, neverRecycled, runCommand } from "./support/command.ts";
import {
  alternate,
  expectAnswer,
  geometricMean,
  median,
  timeMs,
  type Variant,
  warmUp,
} from "./support/measure.ts";
import { type Bench, relativeTo, type Report, type Row, type Size } from "./support/report.ts";
import expected from "./programs/expected.json" with { type: "json" };

type Program = keyof typeof expected;

interface Effort {
  readonly rounds: number;
  readonly warmUps: number;
  readonly programs: readonly Program[];
}

const ALL = Object.keys(expected) as Program[];

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 11, warmUps: 8, programs: ALL },
  quick: { rounds: 5, warmUps: 5, programs: ALL },
  tiny: { rounds: 1, warmUps: 1, programs: ["quicksort", "sha256"] },
};

export const metering: Bench = {
  name: "metering",
  question: "How much slower does counting fuel make programs?",
  run: async (size) => {
    const { rounds, warmUps, programs } = EFFORTS[size];
    const pairs: Row[][] = [];
    for (const program of programs) pairs.push(await measurePair(program, rounds, warmUps));
    return report(pairs);
  },
};

/** One program, unmetered and metered; otherwise both are rewritten, instantiated and run the same way. */
async function measurePair(program: Program, rounds: number, warmUps: number): Promise<Row[]> {
  const file = new URL(`programs/${program}.wasm`, import.meta.url);
  const bytes = new Uint8Array(await readFile(file));
  const variants = [
    programVariant(program, `${program}, unmetered`, bytes, false),
    programVariant(program, `${program}, metered`, bytes, true),
  ];
  for (const { measure } of variants) await warmUp(measure, warmUps);
  const values = await alternate(variants, rounds);
  const [unmetered, metered] = [...values].map(([label, values]): Row => {
    return { label, unit: "ms", values };
  });
  return [unmetered!, relativeTo(unmetered!, metered!)];
}

/**
 * Each run has an instance of its own, of one compiled module: V8 keeps optimised code with the module, so after warming up
 * all of a run is optimised, which it is not in a program's first instance.
 */
function programVariant(
  program: Program,
  label: string,
  bytes: Uint8Array<ArrayBuffer>,
  metered: boolean,
): Variant {
  const isolate = isolateOf(neverRecycled(compile(bytes, { metered })));
  expectAnswer(label, runCommand(isolate), expected[program]);
  return { label, measure: () => timeMs(() => void runCommand(isolate)) };
}

function report(pairs: readonly Row[][]): Report {
  const ratios = pairs.map(([unmetered, metered]) =>
    median(metered!.values) / median(unmetered!.values)
  );
  const target = { unit: "times", bound: "at most" } as const;
  return {
    rows: pairs.flat(),
    targets: [
      {
        claim: "metered to unmetered time, geometric mean",
        value: geometricMean(ratios),
        limit: 1.15,
        ...target,
      },
      {
        claim: "metered to unmetered time, worst program",
        value: Math.max(...ratios),
        limit: 1.9,
        ...target,
      },
    ],
    notes: [
      "Ratios are metered to unmetered; both ways the module is rewritten, and differs only in the charges.",
    ],
  };
}
