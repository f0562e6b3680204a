import type { CoordService } from "../coord/service.ts";
import type { Scheduler } from "../dispatch/strategies.ts";
import type { Dispatcher, RunPath } from "../dispatch/job.ts";
import type { SkerryError } from "../errors.ts";
import type { Deployments, RouteTable } from "../functions/deployments.ts";
import type { FunctionStatus } from "../functions/function_status.ts";
import type { RunNative } from "../functions/native_function.ts";
import type { RouteMatch } from "../functions/served_function.ts";
import type { FunctionLogs } from "../observe/function_logs.ts";
import type { Tracing } from "../observe/traces/tracing.ts";
import type { Result } from "../result.ts";
import type { Scrapable } from "./routes/metrics.ts";
import type { Clock } from "../clock.ts";
import type { NewResponse } from "../platform/platform.ts";

/** What {@linkcode createApp} serves and how. */
export interface AppOptions {
  readonly functions: FunctionDirectory;
  readonly dispatcher: Dispatcher;
  /** Calls functions of native libraries; only a server that has them admits such functions. */
  readonly runNative?: RunNative;
  /** The deployed functions; without them, nothing can be deployed. */
  readonly deployments?: Deployments;
  /** The route table; without one, it has no API. */
  readonly routes?: RouteTable;
  /** What functions wrote to standard error, and how they failed; without it, that is not to be read. */
  readonly functionLogs?: FunctionLogs;
  /** The key-value store of the JSON ABI. */
  readonly kv: KvNamespaces;
  /** Locks and logs, below `/_/locks` and `/_/logs`; without it, there are none. */
  readonly coord?: CoordService;
  /** How the pool chooses workers, below `/_/scheduler`; without it, there is no such page. */
  readonly scheduler?: Scheduler;
  /** What `/_/metrics` shows; without it, there is no such page. */
  readonly metrics?: Scrapable;
  /** What parts tell of themselves in `/_/stats`, by the name of their member. */
  readonly stats?: Readonly<Record<string, () => unknown>>;
  /** Begins to watch the statistics: what it returns tells what happened since its last call. */
  readonly watch?: () => () => unknown;
  /** The folder of static files; without one, none are served. */
  readonly publicFolder?: string;
  /** Bounds of a request; what is missing is {@linkcode DEFAULT_REQUEST_LIMITS}. */
  readonly limits?: Partial<RequestLimits>;
  /** Whether function responses tell fuel and path (`x-skerry-fuel`, `x-skerry-path`). @default false */
  readonly statsHeaders?: boolean;
  /** Skerry's version, e.g. `0.1.0`; functions see it in `SERVER_SOFTWARE`. */
  readonly version: string;
  /** The bearer token of the management API; without one or a secret, only loopback clients may use it. */
  readonly token?: string;
  /** The secret of HS256 JSON Web Tokens that open the management API as well. */
  readonly jwtSecret?: string;
  /** Called once for every request for a function or a static file, after the response is made. */
  readonly log: (entry: RequestLog) => void;
  /** Makes a span of every request for a function or a static file. @default none are made */
  readonly tracing?: Tracing;
  /** Whether the server is ready to take requests, for `/_/readyz`. */
  readonly isReady: () => boolean;
  /** How function responses are made, for the server that sends them. @default responseFromRecord */
  readonly newResponse?: NewResponse;
  /** @default the system's clock */
  readonly clock?: Clock;
  /** A number in [0, 1), for request ids; they are names, not secrets. @default Math.random */
  readonly random?: () => number;
}

/** Bounds of a request. */
export interface RequestLimits {
  /** Bytes of a body. */
  readonly requestBytes: number;
  /** Milliseconds in which the whole body must have arrived. */
  readonly bodyTimeoutMs: number;
}

/** 10 MiB in at most 30 seconds. */
export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  requestBytes: 10 * 1024 * 1024,
  bodyTimeoutMs: 30_000,
};

/** Where functions are found. Paths are raw: still percent-encoded, beginning with `/`. */
export interface FunctionDirectory {
  /** The function at exactly this path for this method; on the hot path of every request. */
  matchStatic(path: string, method: string): RouteMatch | undefined;
  /** The function whose pattern (`[name]`, `[...rest]`) fits this path, for this method. */
  matchDynamic(path: string, method: string): RouteMatch | undefined;
  /** Resolves when changes that are known of have routes; undefined if there are none. @default none are */
  changesDue?(): Promise<void> | undefined;
  /** Every function and how it is. */
  list(): readonly FunctionStatus[];
  /** The functions with exactly this route, the first one being asked first. */
  at(route: string): readonly FunctionStatus[];
}

/** Namespaces of string pairs that functions of the JSON ABI read and replace. */
export interface KvNamespaces {
  get(namespace: string): Readonly<Record<string, string>>;
  replace(namespace: string, pairs: Readonly<Record<string, string>>): Result<void, SkerryError>;
}

/** Takes what is worth knowing of an answered request, and the request as it was handed on. */
export type LogAnswer = (entry: RequestLog, request?: Request) => void;

/** Which way a request was answered. */
export type AnswerPath = RunPath | "native";

/** What is worth knowing of one answered request. */
export interface RequestLog {
  readonly requestId: string;
  readonly method: string;
  /** The raw path, without the query. */
  readonly path: string;
  readonly status: number;
  /** The function's route, once one was found. */
  readonly route?: string;
  /** Milliseconds from handing the job to the dispatcher to its answer. */
  readonly runMs?: number;
  readonly runPath?: AnswerPath;
  /** How long the run waited for a worker, milliseconds; absent on the fast path. */
  readonly waitedMs?: number;
  /** Fuel units consumed. */
  readonly fuel?: number;
  /** What the function wrote to standard error, if anything. */
  readonly stderr?: Uint8Array;
  /** What the client was told went wrong. */
  readonly error?: SkerryError;
  /** Why, in words that may name paths of the host; for the log only. */
  readonly reason?: string;
  /** What Skerry itself threw, behind an `internal_error`; for the log only. */
  readonly cause?: unknown;
}
