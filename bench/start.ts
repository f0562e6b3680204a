/** How long until the first answer? */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../tests/support/eventually.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { allRuntimes } from "../tests/support/runtimes.ts";
import { DENO_SOURCE, ROOT, type Runtime, startServer } from "../tests/support/server.ts";
import { ask, checkHello, distinct, HELLO, HELLO_ANSWER } from "./support/hello.ts";
import { wireRequest } from "./support/http_client.ts";
import { alternate, median, type Variant } from "./support/measure.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly functions: number;
  readonly withBundle: boolean;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 7, functions: 1000, withBundle: true },
  quick: { rounds: 3, functions: 1000, withBundle: true },
  tiny: { rounds: 1, functions: 20, withBundle: false },
};

const SAMPLES = join(ROOT, "functions");
const BUNDLE = join(ROOT, "dist/skerry.mjs");

export const start: Bench = {
  name: "start",
  question: "How long until the first answer?",
  run: async (size) => {
    const { rounds, functions, withBundle } = EFFORTS[size];
    const hasBundle = withBundle && existsSync(BUNDLE);
    const runtimes = hasBundle ? await allRuntimes(BUNDLE) : [DENO_SOURCE];
    await using folder = await folderOf(functions);
    const groups = await Promise.all(
      runtimes.map((runtime) => listVariants(runtime, folder.path, functions)),
    );
    const values = await alternate(groups.flat(), rounds);
    return report(values, hasBundle);
  },
};

/** How the label of this variant ends; its target is another than the others'. */
const DROPPED = "a dropped file";

function listVariants(runtime: Runtime, folder: string, functions: number): Variant[] {
  const middle = nameOf(functions >> 1);
  return [
    {
      label: `${runtime.name}: start with the samples`,
      measure: () => startToAnswer(runtime, SAMPLES, "/hello"),
    },
    {
      label: `${runtime.name}: start with ${functions} functions`,
      measure: () => startToAnswer(runtime, folder, `/${middle}`),
    },
    { label: `${runtime.name}: ${DROPPED}`, measure: () => dropToAnswer(runtime) },
  ];
}

/** From starting the process to the answer of one function. */
async function startToAnswer(runtime: Runtime, folder: string, path: string): Promise<number> {
  const startMs = performance.now();
  await using server = await startServer(folder, { runtime });
  await ask(wireRequest(server.url + path), checkHello);
  return performance.now() - startMs;
}

/** From the end of writing a file into the folder of a running server to its first answer. */
async function dropToAnswer(runtime: Runtime): Promise<number> {
  const hello = await readFile(HELLO);
  await using folder = await temporaryFolder({ "hello.wasm": hello });
  await using server = await startServer(folder.path, { runtime });
  await ask(wireRequest(`${server.url}/hello`), checkHello);
  await folder.write("dropped.wasm", distinct(hello, 0));
  const answer = async () => await (await fetch(`${server.url}/dropped`)).text();
  return (await eventually(answer, (text) => text === HELLO_ANSWER)).tookMs;
}

async function folderOf(functions: number) {
  const hello = await readFile(HELLO);
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < functions; i++) files[`${nameOf(i)}.wasm`] = distinct(hello, i);
  return await temporaryFolder(files);
}

function nameOf(index: number): string {
  return `hello-${index}`;
}

function report(values: ReadonlyMap<string, readonly number[]>, hasBundle: boolean): Report {
  const rows = [...values].map(([label, values]): Row => ({ label, unit: "ms", values }));
  const targets = rows
    .filter(({ label }) => !label.endsWith("samples"))
    .map(({ label, values }): Target => ({
      claim: label,
      value: median(values),
      unit: "ms",
      bound: "at most",
      limit: label.endsWith(DROPPED) ? 1000 : 2000,
    }));
  return {
    rows,
    targets,
    notes: hasBundle ? [] : ["The bundle was not measured: `deno task bundle` makes it."],
  };
}
