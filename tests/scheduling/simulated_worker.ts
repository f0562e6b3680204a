import { CONTROL, type ControlWords, newControlWords } from "../../runtime/dispatch/control.ts";
import {
  packResult,
  type RunAnswer,
  type RunMessage,
  type ToWorker,
  unpackInput,
} from "../../runtime/dispatch/messages.ts";
import type { WorkerThread } from "../../runtime/platform/platform.ts";
import type { SimulatedTime } from "./simulated_time.ts";

/** What a worker takes for what, milliseconds, as measured on a machine with two cores. */
const START_MS = 60;
const FIRST_RUN_MS = 1.5;
/** Bytes of a worker, and of each function it keeps warm. */
const WORKER_BYTES = 16 * 1024 * 1024;
const FUNCTION_BYTES = 4 * 1024 * 1024;

/**
 * A worker thread in simulated time. It keeps the protocol of `worker.ts`; a run takes as long as its body
 * says, and the first one of a function takes longer, since its instance has to be made.
 */
export class SimulatedWorker implements WorkerThread {
  readonly #time: SimulatedTime;
  readonly #warm = new Set<number>();
  #waiting: RunMessage[] = [];
  #control: ControlWords = newControlWords();
  #cpuMs = 0;
  #isRunning = false;
  #isEnded = false;
  #onMessage: (message: unknown) => void = () => {};
  /** Runs it has done. */
  runs = 0;

  constructor(time: SimulatedTime) {
    this.#time = time;
  }

  /** Functions it keeps an instance of. */
  get instances(): number {
    return this.#warm.size;
  }

  post(message: unknown): void {
    const received = message as ToWorker;
    switch (received.type) {
      case "control":
        this.#control = received.control;
        return this.#time.after(START_MS, () => this.#say([]));
      case "resume":
        return void Atomics.store(this.#control, CONTROL.nextSequence, received.nextSequence);
      case "measure":
        return this.#say({
          cpuMs: this.#cpuMs,
          memoryBytes: WORKER_BYTES + this.#warm.size * FUNCTION_BYTES,
          resets: { recycled: 0, dropped: 0 },
        });
      case "runs":
        this.#waiting.push(...received.runs);
        if (!this.#isRunning) this.#begin();
    }
  }

  onMessage(handler: (message: unknown) => void): void {
    this.#onMessage = handler;
  }

  onExit(): void {
    // It never ends by itself.
  }

  terminate(): void {
    this.#isEnded = true;
  }

  #begin(): void {
    const run = this.#waiting.shift();
    if (run === undefined) return;
    const { sequence } = run;
    const { nextSequence } = CONTROL;
    const found = Atomics.compareExchange(this.#control, nextSequence, sequence, sequence + 1);
    if (found !== sequence) return this.#begin();
    this.#isRunning = true;
    const runMs = this.#runMs(run);
    this.#time.after(runMs, () => this.#finish(run.jobId, runMs));
  }

  #runMs(run: RunMessage): number {
    const isFirst = !this.#warm.has(run.targetId);
    this.#warm.add(run.targetId);
    const bodyMs = Number(new TextDecoder().decode(unpackInput(run).stdin));
    return bodyMs + (isFirst ? FIRST_RUN_MS : 0);
  }

  #finish(jobId: number, runMs: number): void {
    this.#isRunning = false;
    this.#cpuMs += runMs;
    this.runs++;
    const outcome = { kind: "ok" } as const;
    const nothing = new Uint8Array(0);
    const result = { outcome, stdout: nothing, stderr: nothing, fuel: 0, memoryPages: 1 };
    this.#say([packResult(jobId, result, runMs)]);
    this.#begin();
  }

  #say(message: readonly RunAnswer[] | object): void {
    if (!this.#isEnded) this.#onMessage(message);
  }
}
