/** What does a sudden burst of ten times the load leave? */
import { temporaryFolder } from "../tests/support/folder.ts";
import { type ServerProcess, startServer } from "../tests/support/server.ts";
import { type WireRequest, wireRequest } from "./support/http_client.ts";
import { runPaced } from "./support/load.ts";
import { percentile } from "./support/measure.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";
import { settledRssMb } from "./support/rss.ts";
import { expectWorker, isDone, worker } from "./support/work.ts";

interface Effort {
  readonly burstSeconds: number;
  /** Before and after the burst. */
  readonly calmSeconds: number;
  /** From the end of the burst to the calm that is to be normal again. */
  readonly settleSeconds: number;
  readonly workers: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { burstSeconds: 10, calmSeconds: 10, settleSeconds: 2, workers: 4 },
  quick: { burstSeconds: 10, calmSeconds: 5, settleSeconds: 2, workers: 4 },
  // One worker is none too many, so nothing is waited for.
  tiny: { burstSeconds: 0.1, calmSeconds: 0.1, settleSeconds: 0.01, workers: 1 },
};

/** A load that ten times of is less than two processors can do. */
interface Subject {
  readonly label: string;
  readonly loopRounds: number;
  readonly perSecond: number;
}

const SUBJECTS: readonly Subject[] = [
  { label: "inline", loopRounds: 1000, perSecond: 100 },
  { label: "in the pool", loopRounds: 1_500_000, perSecond: 30 },
];

const BURST = 10;
/** How much p99 may differ between two calms: with so few requests, one alone moves it. */
const NORMAL = 1.5;
/** Longer than the autoscaler waits for each of the workers. */
const MAX_SHRINK_S = 30;
const MAX_RSS_RATIO = 1.25;

export const burst: Bench = {
  name: "burst",
  question: "What does a sudden burst of ten times the load leave?",
  run: async (size) => {
    const rows: Row[] = [];
    const targets: Target[] = [];
    for (const subject of SUBJECTS) {
      const report = await measure(subject, EFFORTS[size]);
      rows.push(...report.rows);
      targets.push(...report.targets);
    }
    return {
      rows,
      targets,
      notes: [
        "Paced clients send on time whether or not earlier requests have been answered.",
        `Calm again begins 2 s after the end of the burst; its p99 is normal up to ${NORMAL} times that before.`,
      ],
    };
  },
};

async function measure(subject: Subject, effort: Effort): Promise<Report> {
  const { label, perSecond } = subject;
  const { burstSeconds, calmSeconds, settleSeconds, workers } = effort;
  await using folder = await temporaryFolder({ "work.wasm": await worker(subject.loopRounds) });
  const args = ["--workers", `${workers}`, "--min-workers", "1"];
  await using server = await startServer(folder.path, { args });
  const load = new PacedPhases(wireRequest(`${server.url}/work`));
  await expectWorker(load.request);
  // For both processes to reach their optimised code.
  await load.run(perSecond * BURST, calmSeconds / 2);
  await workersAreBack(server);
  const rssBefore = await settledRssMb(server.pid);
  const before = await load.run(perSecond, calmSeconds);
  const during = await load.run(perSecond * BURST, burstSeconds);
  const endMs = performance.now() - load.lastOverrunMs;
  await until(endMs + settleSeconds * 1000);
  const after = await load.run(perSecond, calmSeconds);
  const shrinkSeconds = await workersAreBack(server);
  const rssAfter = await settledRssMb(server.pid);
  const p99 = (name: string, values: readonly number[]): Row => ({
    label: `${label}, ${name}, p99`,
    unit: "ms",
    values: [percentile(values, 0.99)],
  });
  const [normal, again] = [before, after].map((values) => percentile(values, 0.99));
  const target = { unit: "", bound: "at most" } as const;
  return {
    rows: [
      p99("before", before),
      p99("in the burst", during),
      p99("calm again", after),
      { label: `${label}, resident before`, unit: "MB", values: [rssBefore] },
      { label: `${label}, resident after`, unit: "MB", values: [rssAfter] },
    ],
    targets: [
      { claim: `${label}: requests lost`, value: load.lost, limit: 0, ...target },
      {
        claim: `${label}: p99 from ${settleSeconds} s after the burst, to that before`,
        value: again! / normal!,
        limit: NORMAL,
        ...target,
      },
      {
        claim: `${label}: one worker again after the last request`,
        value: shrinkSeconds,
        ...target,
        unit: "s",
        limit: MAX_SHRINK_S,
      },
      {
        claim: `${label}: resident memory after, to that before`,
        value: rssAfter / rssBefore,
        limit: MAX_RSS_RATIO,
        ...target,
      },
    ],
    notes: [],
  };
}

/** Phases of paced load; wrong answers are counted, not thrown. */
class PacedPhases {
  readonly request: WireRequest;
  lost = 0;
  /** How long the last answer of the last phase came after the phase's end. */
  lastOverrunMs = 0;

  constructor(request: WireRequest) {
    this.request = request;
  }

  /** Resolves to the latencies, once everything is answered. */
  async run(perSecond: number, seconds: number): Promise<number[]> {
    const startMs = performance.now();
    const latenciesMs = await runPaced({
      request: this.request,
      perSecond,
      seconds,
      check: (answer) => {
        if (!isDone(answer)) this.lost++;
      },
    });
    this.lastOverrunMs = Math.max(0, performance.now() - startMs - seconds * 1000);
    return latenciesMs;
  }
}

/** Resolves to the seconds until there is one worker; Infinity if there are more for too long. */
async function workersAreBack({ url }: ServerProcess): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const { workers } = await (await fetch(`${url}/_/stats`)).json();
    const seconds = (performance.now() - startMs) / 1000;
    if (workers.length <= 1) return seconds;
    if (seconds > MAX_SHRINK_S) return Infinity;
    await until(performance.now() + 100);
  }
}

async function until(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - performance.now())));
}
