/** Does a function called 100 times as often slow another? */
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { distinct } from "./support/hello.ts";
import { wireRequest } from "./support/http_client.ts";
import { runPaced } from "./support/load.ts";
import { median, percentile } from "./support/measure.ts";
import type { Bench, Report, Row, Size } from "./support/report.ts";
import { expectWorker, isDone, worker } from "./support/work.ts";

interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  /** How long the loud one is called before the quiet one is measured, and at most after that. */
  readonly leadSeconds: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 5, seconds: 8, leadSeconds: 1 },
  quick: { rounds: 2, seconds: 4, leadSeconds: 1 },
  tiny: { rounds: 1, seconds: 0.2, leadSeconds: 0.2 },
};

/** The same work for both; at a hundred times the rate it fills a good part of a processor. */
const SUBJECTS = [
  { label: "inline", loopRounds: 1000, perSecond: 20, args: [] },
  { label: "in the pool", loopRounds: 1_000_000, perSecond: 8, args: ["--workers", "2"] },
] as const;

const TIMES = 100;
const MAX_RATIO = 2;

export const crowd: Bench = {
  name: "crowd",
  question: "Does a function called 100 times as often slow another?",
  run: async (size) => {
    const reports = [];
    for (const subject of SUBJECTS) reports.push(await measure(subject, EFFORTS[size]));
    return {
      rows: reports.flatMap(({ rows }) => rows),
      targets: reports.flatMap(({ targets }) => targets),
      notes: [
        "Both functions do the same. The loud one is called at a constant pace, from a process of its own.",
        '"Load elsewhere" is the same load on another server: what the machine\'s processors alone account for.',
      ],
    };
  },
};

async function measure(
  { label, loopRounds, perSecond, args }: typeof SUBJECTS[number],
  { rounds, seconds, leadSeconds }: Effort,
): Promise<Report> {
  const module = await worker(loopRounds);
  await using folder = await temporaryFolder({
    "quiet.wasm": distinct(module, 1),
    "loud.wasm": distinct(module, 2),
  });
  await using server = await startServer(folder.path, { args });
  await using elsewhere = await startServer(folder.path, { args });
  const request = wireRequest(`${server.url}/quiet`);
  for (const each of [server, elsewhere]) {
    for (const name of ["quiet", "loud"]) await expectWorker(wireRequest(`${each.url}/${name}`));
  }
  const quiet = async () =>
    percentile(await runPaced({ request, perSecond, seconds, check }), 0.99);
  const beside = async (url: string) => {
    const loud = loadFor(url, perSecond * TIMES, seconds + 2 * leadSeconds);
    await new Promise((resolve) => setTimeout(resolve, leadSeconds * 1000));
    const p99 = await quiet();
    await loud;
    return p99;
  };
  // For every process to reach its optimised code.
  await beside(server.url);
  const alone: number[] = [], other: number[] = [], same: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(await quiet());
    other.push(await beside(elsewhere.url));
    same.push(await beside(server.url));
  }
  const row = (name: string, values: readonly number[]): Row => {
    return { label: `${label}, ${name}, p99`, unit: "ms", values };
  };
  return {
    rows: [row("alone", alone), row("load elsewhere", other), row("beside", same)],
    targets: [{
      claim: `${label}: p99 beside, to that alone`,
      value: median(same) / median(alone),
      unit: "",
      bound: "at most",
      limit: MAX_RATIO,
    }],
    notes: [],
  };
}

function check(answer: Parameters<typeof isDone>[0]): void {
  if (!isDone(answer)) throw new Error(`Cannot measure the quiet function: found ${answer.status}`);
}

/** Fails unless every request of the loud one was answered. */
async function loadFor(url: string, perSecond: number, seconds: number): Promise<void> {
  const script = fileURLToPath(new URL("support/paced_load.ts", import.meta.url));
  const args = ["run", "--allow-net", script, `${url}/loud`, `${perSecond}`, `${seconds}`];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
