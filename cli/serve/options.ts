import type { Option } from "../arguments.ts";
import { NATIVE_OPTIONS } from "../native_options.ts";

export const DEFAULT_FOLDER = "functions";
export const DEFAULT_DATA_FOLDER = ".skerry";

/** Options of `serve`; a settings file has them too. */
export const SERVE_OPTIONS: Readonly<Record<string, Option>> = {
  host: { value: "ADDRESS", help: "listen on this address; default: 127.0.0.1" },
  port: { value: "N", help: "listen on this port, 0 for any free one; default: 8080" },
  functions: { value: "DIR", help: `serve the modules of this folder; default: ${DEFAULT_FOLDER}` },
  data: {
    value: "DIR",
    help: `keep what must outlive the server here; default: ${DEFAULT_DATA_FOLDER}`,
  },
  workers: {
    value: "N",
    help: "threads for runs that take long, at most; default: one a processor, at least 2",
  },
  "min-workers": { value: "N", help: "threads that stay when there is nothing to do; default: 1" },
  strategy: {
    value: "NAME",
    help: "which free thread gets a run: fifo, rr, least or score; default: fifo",
  },
  queue: { value: "N", help: "runs that may wait for a thread before 503; default: 1024" },
  "max-body-mb": { value: "N", help: "refuse larger request bodies; default: 10" },
  "build-timeout-ms": { value: "N", help: "give a source this long to build; default: 60000" },
  "body-timeout-ms": { value: "N", help: "give a body this long to arrive; default: 30000" },
  "grace-ms": {
    value: "N",
    help: "let running requests end for this long on SIGTERM; default: 10000",
  },
  token: {
    value: "T",
    secret: "value",
    help: "require this bearer token for management; default: loopback clients only",
  },
  "jwt-secret": {
    value: "S",
    secret: "value",
    help: "accept JSON Web Tokens (HS256) signed with this for management",
  },
  "lock-per-log": { help: "guard each log by a lock of its own name, not all by the lock files" },
  "jobs-unix": { value: "PATH", help: "take jobs as JSON lines on this UNIX socket" },
  ...NATIVE_OPTIONS,
  "stats-headers": { help: "tell fuel and path in every function response" },
  otlp: {
    value: "URL",
    secret: "url",
    help: "send traces to this collector, e.g. http://localhost:4318; default: OTEL_* variables",
  },
  "no-metrics": { help: "count no requests; there is no /_/metrics then" },
  "no-fast-path": { help: "run everything in the pool, however short" },
  "log-requests": { help: "log every request, not only failures" },
  "log-level": {
    value: "LEVEL",
    help: "write what matters this much: debug (every request), info, warn or error; default: info",
  },
  "log-json": { help: "log one JSON object a line; default when standard error is no terminal" },
};
