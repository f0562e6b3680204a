import type { StrategyName } from "../dispatch/strategies.ts";
import type { ScoreFormula } from "../dispatch/worker_load.ts";
import type { SkerryError } from "../errors.ts";
import type { RegistryListener } from "../functions/registry.ts";
import type { RequestLimits, RequestLog } from "../http/app_options.ts";
import type { NativeOptions } from "../native/native_service.ts";
import type { TraceSettings } from "../observe/traces/trace_settings.ts";

/** What a server serves, where, and within which bounds. */
export interface ServerOptions {
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** The functions folder; its `public` folder holds static files. */
  readonly functionsFolder: string;
  /** The folder of what must outlive the server; made if it is missing, and never shared by two servers. */
  readonly dataFolder: string;
  /** Worker threads of the pool at most. */
  readonly workers: number;
  /** Worker threads that stay when there is nothing to do. @default all of them */
  readonly minWorkers?: number;
  /** Which of several free workers gets a run; may be changed later. @default "fifo" */
  readonly strategy?: StrategyName;
  /** How the scores of workers are made. @default DEFAULT_FORMULA */
  readonly formula?: ScoreFormula;
  /** Jobs that may wait for a worker. @default 1024 */
  readonly queueLength?: number;
  /** Whether short runs may use the thread that accepts requests. @default true */
  readonly hasFastPath?: boolean;
  readonly requestLimits?: Partial<RequestLimits>;
  /** Wall clock of building one source, milliseconds. @default 60_000 */
  readonly buildTimeoutMs?: number;
  /** Whether function responses tell fuel and path. @default false */
  readonly statsHeaders?: boolean;
  /** Whether requests are counted; without that there is no `/_/metrics`. @default true */
  readonly hasMetrics?: boolean;
  /** Where spans of requests are sent. @default none are made */
  readonly traces?: TraceSettings;
  /** Told why spans are lost. @default nobody is */
  readonly onTraceProblem?: (message: string) => void;
  /** Bearer token of the management API. */
  readonly token?: string;
  /** Secret of the JSON Web Tokens (HS256) that open the management API as well. */
  readonly jwtSecret?: string;
  /** Whether each log has a lock of its own, or one lock guards them all. @default false */
  readonly lockPerLog?: boolean;
  /** Path of a UNIX socket that takes jobs as JSON lines. @default none */
  readonly jobsPath?: string;
  /** What may be called natively. @default nothing */
  readonly native?: NativeOptions;
  readonly version: string;
  /** Where `"$NAME"` values of function configurations come from. */
  readonly environment: (name: string) => string | undefined;
  readonly onRequest: (entry: RequestLog) => void;
  readonly onFunction: RegistryListener;
  /** Called when going on could lose what was promised, e.g. when the disk is full. The process must end at once. */
  readonly onFatal: (error: SkerryError) => void;
}
