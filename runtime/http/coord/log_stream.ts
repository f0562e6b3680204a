import type { LogRecord } from "../../coord/log.ts";
import type { CoordService } from "../../coord/service.ts";
import type { Clock } from "../../clock.ts";
import { recordJson } from "./log_page.ts";

/** So that neither proxies nor clients take a quiet log for a dead connection. */
const HEARTBEAT_MS = 15_000;
const BOUNDS = { records: 256, bytes: 256 * 1024 };
const ENCODER = new TextEncoder();

/**
 * A log from some record on, without end, as server-sent events whose ids are record indices. Reads only what the client
 * takes, so a slow one costs no memory.
 */
export function logStream(
  coord: Pick<CoordService, "read" | "appended">,
  log: string,
  from: number,
  clock: Clock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  let next = from;
  return new ReadableStream({
    start: (controller) => controller.enqueue(ENCODER.encode(": following\n\n")),
    async pull(controller) {
      const woken = await wait(coord, log, next, clock, abort.signal);
      if (woken === "heartbeat") return controller.enqueue(ENCODER.encode(": still here\n\n"));
      if (woken === "end") return abort.signal.aborted ? undefined : controller.close();
      const records = coord.read(log, next, BOUNDS);
      next += records.length;
      controller.enqueue(ENCODER.encode(records.map(event).join("")));
    },
    cancel: () => abort.abort(),
  }, { highWaterMark: 0 });
}

async function wait(
  coord: Pick<CoordService, "appended">,
  log: string,
  index: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<"more" | "heartbeat" | "end"> {
  const quiet = new AbortController();
  const stop = () => quiet.abort();
  let isQuiet = false;
  const stopTimer = clock.after(HEARTBEAT_MS, () => {
    isQuiet = true;
    quiet.abort();
  });
  signal.addEventListener("abort", stop);
  const hasMore = await coord.appended(log, index, quiet.signal);
  stopTimer();
  signal.removeEventListener("abort", stop);
  return hasMore ? "more" : isQuiet ? "heartbeat" : "end";
}

/** JSON has no raw line breaks, so one data line holds it. */
function event(record: LogRecord): string {
  return `id: ${record.index}\ndata: ${JSON.stringify(recordJson(record))}\n\n`;
}
