/** What the tests of this folder put in place of the other parts. */
import { FakeClock } from "../testing_clock.ts";
import type { Dispatcher, Job, JobResult } from "../dispatch/job.ts";
import type { FunctionConfig } from "../functions/function_config.ts";
import type { FunctionStatus } from "../functions/function_status.ts";
import type { ModuleVersion, RouteMatch } from "../functions/served_function.ts";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import type { RunResult } from "../isolate/outcome.ts";
import { EMPTY_MODULE } from "../isolate/testing.ts";
import type { Peer } from "../platform/platform.ts";
import { ok } from "../result.ts";
import type { FunctionRequest } from "./abi/function_request.ts";
import { type App, createApp } from "./app.ts";
import type { AppOptions, FunctionDirectory, RequestLog } from "./app_options.ts";

export const PEER: Peer = { remoteAddress: () => "127.0.0.1", hasLeft: () => false };

/** A version of a function with this configuration. */
export function version(config: Partial<FunctionConfig> = {}): ModuleVersion {
  const target = {
    prepared: EMPTY_MODULE,
    handler: "_start",
    limits: DEFAULT_LIMITS,
    inlineScore: 0,
  };
  return {
    kind: "module",
    config: { abi: "auto", limits: DEFAULT_LIMITS, env: {}, mounts: [], ...config },
    target,
  };
}

/** A match of a loaded function. */
export function match(
  route: string,
  { config, params = {}, pathInfo = "" }: {
    readonly config?: Partial<FunctionConfig>;
    readonly params?: Record<string, string>;
    readonly pathInfo?: string;
  } = {},
): RouteMatch {
  const active = version(config);
  return { fn: { route, active, load: () => Promise.resolve(ok(active)) }, params, pathInfo };
}

/** A directory of these static and dynamic matches by path. */
export function directory(
  statics: Record<string, RouteMatch>,
  dynamics: Record<string, RouteMatch> = {},
): FunctionDirectory {
  return {
    matchStatic: (path) => statics[path],
    matchDynamic: (path) => dynamics[path],
    list: () => Object.values(statics).map(({ fn }) => statusAt(fn.route)),
    at: (route) =>
      Object.values(statics).filter(({ fn }) => fn.route === route).map(() => statusAt(route)),
  };
}

function statusAt(route: string): FunctionStatus {
  return { route, source: "folder", file: `${route.slice(1)}.wasm`, state: "ready", size: 8 };
}

/** A dispatcher that answers every job inline with this result, and keeps the jobs. */
export class FakeDispatcher implements Dispatcher {
  readonly jobs: Job[] = [];
  readonly #answer: (job: Job) => JobResult | Promise<JobResult>;

  constructor(answer: (job: Job) => JobResult | Promise<JobResult> = () => ran({})) {
    this.#answer = answer;
  }

  run(job: Job): JobResult | Promise<JobResult> {
    this.jobs.push(job);
    return this.#answer(job);
  }

  /** The job run last. */
  get last(): Job {
    const job = this.jobs.at(-1);
    if (job === undefined) throw new Error("No job was run");
    return job;
  }
}

/** A job's result: a run that wrote "hello" and ended well, with these changes. */
export function ran(changes: Partial<Omit<RunResult, "stdout">> & { stdout?: string }): JobResult {
  const result: RunResult = {
    outcome: { kind: "ok" },
    stderr: new Uint8Array(0),
    fuel: 100,
    memoryPages: 2,
    ...changes,
    stdout: new TextEncoder().encode(changes.stdout ?? "hello"),
  };
  return { kind: "ran", path: "inline", result };
}

/** An app of fakes with these changes, what it logged, and what it is made of. */
export function fakeApp(changes: Partial<AppOptions> = {}): {
  readonly app: App;
  readonly log: RequestLog[];
  readonly options: AppOptions;
} {
  const log: RequestLog[] = [];
  const options: AppOptions = {
    functions: directory({ "/hello": match("/hello") }),
    dispatcher: new FakeDispatcher(),
    kv: { get: () => ({}), replace: () => ok(undefined) },
    version: "1.2.3",
    log: (entry) => log.push(entry),
    isReady: () => true,
    clock: new FakeClock(),
    random: () => 0,
    ...changes,
  };
  return { app: createApp(options), log, options };
}

/** A function's request for the ABIs. */
export function functionRequest(
  url: string,
  { init, ...changes }: { readonly init?: RequestInit } & Partial<FunctionRequest> = {},
): FunctionRequest {
  const request = new Request(url, init);
  const { pathname: path } = new URL(url);
  return { request, method: request.method, url, path, match: match(path), peer: PEER, ...changes };
}

/** Bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The strings of a block. */
export function stringsOf(block: { readonly bytes: Uint8Array; readonly count: number }): string[] {
  const strings = new TextDecoder().decode(block.bytes).split("\0").slice(0, -1);
  if (strings.length !== block.count) throw new Error(`${block.count} strings were promised`);
  return strings;
}
