import type { RegistryEvent } from "../../runtime/functions/registry.ts";
import type { RequestLog } from "../../runtime/http/app_options.ts";
import type { Log, LogLevel } from "../../runtime/observe/log.ts";

/**
 * Logs requests: what functions write to standard error, failures, and all of them where that is asked for. Never a query,
 * a header or a body: they may hold secrets.
 */
export function requestLogger(log: Log, isVerbose: () => boolean): (entry: RequestLog) => void {
  const decoder = new TextDecoder();
  return (entry) => {
    const { requestId, method, path, status, route, error, cause, stderr } = entry;
    if (stderr !== undefined && stderr.length > 0) {
      log.info(decoder.decode(stderr).trimEnd(), { function: route, request: requestId });
    }
    const isNews = status >= 500 || entry.reason !== undefined || isVerbose();
    if (!isNews && !log.writes("debug")) return;
    const fields = {
      request: requestId,
      status,
      code: error?.code,
      error: error?.message,
      reason: entry.reason,
      run_ms: entry.runMs,
      fuel: entry.fuel,
      path: entry.runPath,
      cause: cause === undefined ? undefined : String((cause as Error).stack ?? cause),
    };
    log[levelOf(entry, isNews)](`${method} ${path}`, fields);
  };
}

function levelOf({ cause, status }: RequestLog, isNews: boolean): LogLevel {
  if (cause !== undefined) return "error";
  if (status >= 500) return "warn";
  return isNews ? "info" : "debug";
}

/** Logs what becomes of functions. */
export function logFunction(log: Log, event: RegistryEvent): void {
  switch (event.kind) {
    case "function_ready":
      // At the start everything becomes ready; only what changes is news.
      if (!event.isFirst) {
        log.info(`Serving a new version of ${event.route}`, { version: event.version });
      }
      return;
    case "function_broken":
      return log.warn(`Cannot serve the new content of ${event.route}: ${event.error.message}`, {
        file: event.file,
        code: event.error.code,
        old_version_serves: event.isServing,
      });
    case "function_removed":
      return log.info(`Removed ${event.route}`, { file: event.file });
    case "folder_problem":
    case "route_problem":
      return log.warn(event.message);
  }
}
