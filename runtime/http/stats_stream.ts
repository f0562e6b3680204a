import type { Clock } from "../clock.ts";

/** What a stream of statistics needs. */
export interface StatsStreamOptions {
  /** What happened since it was called last. */
  readonly look: () => unknown;
  /** Whether the server is stopping: streams would hold it up. */
  readonly isEnding: () => boolean;
  readonly onEnd: () => void;
  readonly clock: Clock;
}

const INTERVAL_MS = 1000;
const ENCODER = new TextEncoder();

/**
 * Statistics once a second, without end, as server-sent events. Made when the client takes them: a slow one
 * misses some, and costs no memory.
 */
export function statsStream(options: StatsStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { look, isEnding, onEnd, clock } = options;
  let isCancelled = false;
  let endWait = () => {};
  return new ReadableStream({
    // At once, so that the client sees that it is connected.
    start: (controller) => controller.enqueue(ENCODER.encode(": watching\n\n")),
    async pull(controller) {
      await new Promise<void>((resolve) => {
        const stopTimer = clock.after(INTERVAL_MS, resolve);
        endWait = () => {
          stopTimer();
          resolve();
        };
      });
      if (isCancelled) return;
      if (isEnding()) {
        onEnd();
        return controller.close();
      }
      controller.enqueue(ENCODER.encode(`data: ${JSON.stringify(look())}\n\n`));
    },
    cancel() {
      isCancelled = true;
      endWait();
      onEnd();
    },
  }, { highWaterMark: 0 });
}
