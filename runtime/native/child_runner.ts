import type { NativeOutcome } from "./outcome.ts";
import { reportOutcome } from "./report_outcome.ts";
import type { Zygote } from "./spawn_zygote.ts";
import {
  binaryBytes,
  type ChildReport,
  type ChildRequest,
  type ZygoteMessage,
} from "./zygote/messages.ts";

/** What {@linkcode ChildRunner} works with. */
export interface ChildRunnerOptions {
  readonly spawn: () => Zygote;
  /** Calls that run at the same time. */
  readonly maxRunning: number;
  /** Calls that may wait for one of those to end. */
  readonly maxWaiting: number;
  /** Calls back after some milliseconds, unless the function it returns is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** A zygote has ended, for this reason; `wasReady` if it had worked before. */
  readonly onZygoteLost: (reason: string, wasReady: boolean) => void;
}

/** What one child did. */
export interface ChildRun {
  readonly outcome: NativeOutcome;
  /** The beginning of what it wrote to standard error. */
  readonly stderr: Uint8Array;
  readonly runMs: number;
}

/** A request without the number that the runner gives it. */
export type NewChildRequest = Omit<ChildRequest, "id">;

interface PendingRun {
  readonly request: ChildRequest;
  readonly resolve: (run: ChildRun) => void;
  stopWatching?: () => void;
}

/** A zygote that is this late with a call that has timed out is stuck. */
const STUCK_AFTER_MS = 10_000;
const NO_BYTES = new Uint8Array(0);

/** Runs calls through a zygote: one at a time is alive, watched, and replaced when it ends or is stuck. */
export class ChildRunner {
  readonly #options: ChildRunnerOptions;
  readonly #waiting: PendingRun[] = [];
  readonly #running = new Map<number, PendingRun>();
  #zygote: Zygote | undefined;
  /** Known once the zygote is ready. */
  #pid: number | undefined;
  #lastId = 0;
  #isStopped = false;

  constructor(options: ChildRunnerOptions) {
    this.#options = options;
  }

  /** Starts the zygote, so that the first call does not wait for it. */
  warmUp(): void {
    this.#zygote ??= this.#start();
  }

  /** Calls in a child of their own now. */
  get running(): number {
    return this.#running.size;
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a call. Never rejects. */
  run(request: NewChildRequest): Promise<ChildRun> {
    if (this.#isStopped) return Promise.resolve(failed({ kind: "stopping" }));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.resolve(failed({ kind: "overloaded" }));
    }
    const { promise, resolve } = Promise.withResolvers<ChildRun>();
    this.#waiting.push({ request: { ...request, id: ++this.#lastId }, resolve });
    this.warmUp();
    this.#sendWaiting();
    return promise;
  }

  /** Ends the zygote and with it every call. Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const zygote = this.#zygote;
    this.#lose("the server is stopping");
    await zygote?.close(this.#pid);
  }

  #start(): Zygote {
    const zygote = this.#options.spawn();
    this.#pid = undefined;
    zygote.onLine((line) => {
      if (zygote === this.#zygote) this.#receive(JSON.parse(line) as ZygoteMessage);
    });
    zygote.onExit((reason) => {
      if (zygote === this.#zygote) this.#lose(reason);
    });
    return zygote;
  }

  #receive(message: ZygoteMessage): void {
    if (message.kind === "ready") {
      this.#pid = message.pid;
      return this.#sendWaiting();
    }
    const pending = this.#running.get(message.id);
    if (pending === undefined) return;
    this.#running.delete(message.id);
    pending.stopWatching?.();
    pending.resolve(childRun(message, pending.request));
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#pid === undefined) return;
    while (this.#running.size < this.#options.maxRunning) {
      const pending = this.#waiting.shift();
      if (pending === undefined) return;
      const { request } = pending;
      this.#running.set(request.id, pending);
      pending.stopWatching = this.#watch(request);
      this.#zygote!.send(JSON.stringify(request));
    }
  }

  #watch({ limits }: ChildRequest): () => void {
    return this.#options.after(limits.timeoutMs + STUCK_AFTER_MS, () => {
      this.#zygote?.kill(this.#pid);
      this.#lose("it did not answer");
    });
  }

  /** What ran with the zygote is lost, as nobody knows how far it came; what waits goes to the next one. */
  #lose(reason: string): void {
    const wasReady = this.#pid !== undefined;
    this.#zygote = undefined;
    if (!this.#isStopped) this.#options.onZygoteLost(reason, wasReady);
    const lost = [...this.#running.values()];
    this.#running.clear();
    // One that never became ready would fail again.
    if (!wasReady || this.#isStopped) lost.push(...this.#waiting.splice(0));
    const outcome: NativeOutcome = this.#isStopped
      ? { kind: "stopping" }
      : unavailable(`the process of native calls is gone: ${reason}`);
    for (const { stopWatching, resolve } of lost) {
      stopWatching?.();
      resolve(failed(outcome));
    }
    if (this.#waiting.length > 0) this.warmUp();
  }
}

function childRun(report: ChildReport, { limits }: ChildRequest): ChildRun {
  const stderr = binaryBytes(report.stderr);
  return { outcome: reportOutcome(report, limits), stderr, runMs: report.runMs };
}

function failed(outcome: NativeOutcome): ChildRun {
  return { outcome, stderr: NO_BYTES, runMs: 0 };
}

function unavailable(reason: string): NativeOutcome {
  return { kind: "unavailable", reason };
}
