import process from "node:process";
import { Counter, Gauge, Registry } from "prom-client";
import type { FunctionMetrics, FunctionMetricsTable } from "./function_metrics.ts";
import { type HistogramRow, histogramText } from "./histogram_text.ts";

/** A worker as metrics show it. */
export interface WorkerReading {
  readonly id: number;
  readonly state: string;
  readonly score: number;
}

/** What metrics are made of; read when they are asked for, so that being measured costs next to nothing. */
export interface MetricSources {
  readonly functions: FunctionMetricsTable;
  readonly workers: () => readonly WorkerReading[];
  /** Jobs that wait for a worker. */
  readonly queueDepth: () => number;
  /** What became of instances after their runs, by kind. */
  readonly resets: () => Readonly<Record<string, number>>;
}

/** Metrics in the text format of Prometheus. */
export interface MetricsPage {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/**
 * Every metric of the server, for Prometheus to scrape. Names and types are what README lists; the library does
 * the writing (its text format, escaping, types) of all but histograms, the counting is
 * {@linkcode FunctionMetricsTable}'s.
 */
export function createMetricsPage(sources: MetricSources): MetricsPage {
  const registry = new Registry();
  addFunctions(registry, sources.functions);
  addPool(registry, sources);
  addProcess(registry);
  return {
    contentType: registry.contentType,
    metrics: async () => `${await registry.metrics()}\n${histograms(sources.functions)}`,
  };
}

function histograms(table: FunctionMetricsTable): string {
  const durations = table.list().map(durationsOf);
  const help = "From giving a run to the dispatcher to its end";
  const waitHelp = "How long runs waited for a worker";
  const waits = [{ histogram: table.waits }];
  return histogramText("skerry_request_duration_seconds", help, durations) + "\n" +
    histogramText("skerry_queue_wait_seconds", waitHelp, waits);
}

function addFunctions(registry: Registry, table: FunctionMetricsTable): void {
  counter(
    registry,
    "skerry_requests_total",
    "Requests for functions",
    ["function", "outcome"],
    (set) => {
      for (const { route, outcomes } of table.list()) {
        for (const [outcome, count] of outcomes) set({ function: route, outcome }, count);
      }
    },
  );
  counter(registry, "skerry_fuel_consumed_total", "Fuel units consumed", ["function"], (set) => {
    for (const { route, fuel } of table.list()) set({ function: route }, fuel);
  });
}

function durationsOf({ route, durations }: FunctionMetrics): HistogramRow {
  return { function: route, histogram: durations };
}

const WORKER_STATES = ["starting", "idle", "running"];

function addPool(registry: Registry, { workers, queueDepth, resets }: MetricSources): void {
  gauge(
    registry,
    "skerry_queue_depth",
    "Runs that wait for a worker",
    [],
    (set) => set({}, queueDepth()),
  );
  gauge(registry, "skerry_workers", "Worker threads by state", ["state"], (set) => {
    const now = workers();
    for (const state of WORKER_STATES) {
      set({ state }, now.filter((each) => each.state === state).length);
    }
  });
  gauge(registry, "skerry_worker_score", "Load of a worker, 0 to 1", ["worker"], (set) => {
    for (const { id, score } of workers()) set({ worker: String(id) }, score);
  });
  const help = "Instances after a run: put back, or dropped";
  counter(registry, "skerry_instance_resets_total", help, ["kind"], (set) => {
    for (const [kind, count] of Object.entries(resets())) set({ kind }, count);
  });
}

/** The usual names of Prometheus' client libraries. */
function addProcess(registry: Registry): void {
  const startedAtSeconds = Date.now() / 1000 - process.uptime();
  counter(registry, "process_cpu_seconds_total", "Processor time, user and system", [], (set) => {
    const { user, system } = process.cpuUsage();
    set({}, (user + system) / 1e6);
  });
  gauge(
    registry,
    "process_start_time_seconds",
    "When the process started, Unix time",
    [],
    (set) => set({}, startedAtSeconds),
  );
  gauge(
    registry,
    "process_resident_memory_bytes",
    "Resident memory",
    [],
    (set) => set({}, process.memoryUsage().rss),
  );
  gauge(
    registry,
    "process_heap_bytes",
    "Heap of the thread that serves HTTP",
    [],
    (set) => set({}, process.memoryUsage().heapUsed),
  );
}

type Labels = Record<string, string>;

/** How a metric is read: `set` is called for every combination of labels. */
type Reading = (set: (labels: Labels, value: number) => void) => void;

function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: Reading,
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.set(labels, value));
    },
  });
}

function counter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: Reading,
): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.inc(labels, value));
    },
  });
}
