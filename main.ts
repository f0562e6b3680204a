/**
 * Skerry's entry: the command line, and, on threads that Skerry starts itself, what they are for. The
 * imports are dynamic so that a thread loads only what it needs.
 *
 * @module
 */
import { currentThreadPort } from "./runtime/platform/threads.ts";

const port = currentThreadPort();
if (port === undefined) {
  const { main } = await import("./cli/main.ts");
  await main(new URL(import.meta.url));
} else if (port.role === "run") {
  const { serveRunThread } = await import("./cli/run_module.ts");
  serveRunThread(port);
} else if (port.role === "builder") {
  const { serveBuilder } = await import("./runtime/build/builder_thread.ts");
  serveBuilder(port);
} else if (port.role === "watcher") {
  const { serveHints } = await import("./runtime/functions/thread_hints.ts");
  serveHints(port);
} else if (port.role === "alarm") {
  const { serveAlarm } = await import("./cli/load/alarm_thread.ts");
  serveAlarm(port);
} else {
  const { serveThread } = await import("./runtime/dispatch/thread.ts");
  serveThread(port);
}
