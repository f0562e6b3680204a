/** What does a run of `hello` cost, in a recycled and in a fresh instance? */
import { readFile } from "node:fs/promises";
import { DEFAULT_INLINE_BOUNDS } from "../runtime/dispatch/fast_path.ts";
import type { IsolateBudget } from "../runtime/isolate/isolate.ts";
import { DEFAULT_LIMITS } from "../runtime/isolate/limits.ts";
import type { CompiledModule } from "../runtime/isolate/prepare.ts";
import { BareCommand, importNames } from "./support/bare_command.ts";
import { compile, isolateOf, neverRecycled, NO_INPUT } from "./support/command.ts";
import { HELLO, HELLO_ANSWER } from "./support/hello.ts";
import { alternate, expectAnswer, median, timeMs, type Variant } from "./support/measure.ts";
import { type Bench, relativeTo, type Report, type Row, type Size } from "./support/report.ts";

/** Runs a round of what takes a microsecond, and of what takes a hundred. */
interface Effort {
  readonly rounds: number;
  readonly shortRuns: number;
  readonly longRuns: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 11, shortRuns: 20_000, longRuns: 1000 },
  quick: { rounds: 5, shortRuns: 5000, longRuns: 300 },
  tiny: { rounds: 1, shortRuns: 64, longRuns: 8 },
};

/** Few enough that their memories stay in the processor's cache, as a kept instance's does. */
const PREPARED_INSTANCES = 16;

/** A run as the fast path makes it. */
const BUDGET: IsolateBudget = {
  fuel: DEFAULT_INLINE_BOUNDS.fuel,
  deadlineMs: Infinity,
  hostCalls: DEFAULT_INLINE_BOUNDS.hostCalls,
  inlinePages: DEFAULT_INLINE_BOUNDS.memoryPages,
  stdoutBytes: DEFAULT_INLINE_BOUNDS.ioBytes,
  stderrBytes: DEFAULT_LIMITS.stderrBytes,
};

export const instances: Bench = {
  name: "instances",
  question: "What does a run of hello cost, in a recycled and in a fresh instance?",
  run: async (size) => {
    const bytes = new Uint8Array(await readFile(HELLO));
    return await measure(bytes, EFFORTS[size]);
  },
};

async function measure(bytes: Uint8Array<ArrayBuffer>, effort: Effort): Promise<Report> {
  const plain = new WebAssembly.Module(bytes);
  const compiled = compile(bytes);
  const variants: Variant[] = [
    bareVariant(plain, effort.shortRuns),
    isolateVariant("recycled instance", compiled, effort.shortRuns),
    isolateVariant("fresh instance a run", neverRecycled(compiled), effort.longRuns),
    plainFreshVariant(plain, effort.longRuns),
  ];
  // One round for V8 to reach its optimised code.
  await alternate(variants, 1);
  return report(await alternate(variants, effort.rounds));
}

/** The call alone, in instances made before; putting their memories back is not timed. */
function bareVariant(module: WebAssembly.Module, runs: number): Variant {
  const commands = Array.from({ length: PREPARED_INSTANCES }, bareMaker(module));
  for (const command of commands) command.snapshot();
  const measure = () => {
    let totalMs = 0;
    for (let done = 0; done < runs; done += commands.length) {
      for (const command of commands) command.restore();
      totalMs += timeMs(() => {
        for (const command of commands) command.start();
      });
    }
    return totalMs * 1000 / (Math.ceil(runs / commands.length) * commands.length);
  };
  return { label: "bare call", measure };
}

/** Makes instances without Skerry, after one of them has answered as expected. */
function bareMaker(module: WebAssembly.Module): () => BareCommand {
  const names = importNames(module);
  const make = () => new BareCommand(module, names);
  const first = make();
  first.start();
  expectAnswer("the bare call", first.printed(), HELLO_ANSWER);
  return make;
}

/** Skerry's own way, putting the instance back included. */
function isolateVariant(label: string, compiled: CompiledModule, runs: number): Variant {
  const isolate = isolateOf(compiled);
  const run = () => isolate.run("_start", NO_INPUT, BUDGET);
  expectAnswer(label, new TextDecoder().decode(run()?.stdout), HELLO_ANSWER);
  const madePerRun = compiled.info.isRecyclable ? 0 : 1;
  const measure = () => {
    const made = isolate.instancesCreated;
    const tookMs = timeMs(() => {
      for (let i = 0; i < runs; i++) run();
    });
    // Otherwise the label would be wrong.
    expectAnswer(label, `${isolate.instancesCreated - made} made`, `${madePerRun * runs} made`);
    return tookMs * 1000 / runs;
  };
  return { label, measure };
}

/** V8 alone: an instance of the module as it was compiled, and one call. */
function plainFreshVariant(module: WebAssembly.Module, runs: number): Variant {
  const make = bareMaker(module);
  const measure = () => {
    const tookMs = timeMs(() => {
      for (let i = 0; i < runs; i++) make().start();
    });
    return tookMs * 1000 / runs;
  };
  return { label: "fresh instance a run, without Skerry", measure };
}

function report(values: ReadonlyMap<string, readonly number[]>): Report {
  const rows = [...values].map(([label, values]): Row => ({ label, unit: "µs", values }));
  const [bare, recycled] = rows;
  return {
    rows: rows.map((row) => row === bare ? row : relativeTo(bare!, row)),
    targets: [{
      claim: "a recycled run costs more than the bare call by",
      value: median(recycled!.values) - median(bare!.values),
      unit: "µs",
      bound: "at most",
      limit: 10,
    }],
    notes: [
      "Ratios are to the bare call: the module as it was compiled, in an instance made and warmed before, " +
      "with a host that does nothing.",
      "A recycled run is all that the fast path does: input, fuel, host, output, and putting the instance back.",
    ],
  };
}
