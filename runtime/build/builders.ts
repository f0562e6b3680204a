import { type SkerryError, skerryError } from "../errors.ts";
import type { WorkerThread } from "../platform/platform.ts";
import { err, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import type { BuilderMessage, BuilderTask } from "./builder_messages.ts";
import { type BuildTimes, buildTimes } from "./build_times.ts";
import { limitExceeded } from "./diagnostics.ts";

/** Options of {@linkcode Builders}. */
export interface BuildersOptions extends BuildTimes {
  /** Starts a thread in the role `builder`. */
  readonly spawn: () => WorkerThread;
  /** Builds that run at once, each on a thread of its own. @default 2 */
  readonly maxConcurrent?: number;
  /**
   * How long all that run must have run before one that waits gets a further thread, milliseconds: usual builds take
   * turns on one thread, and a slow one is overtaken. @default 3_000
   */
  readonly patienceMs?: number;
  /** Builds that may wait for a thread. @default 256 */
  readonly queueLength?: number;
}

/** A build that waits or runs. */
interface Job {
  readonly task: BuilderTask;
  readonly answer: (result: Result<Artifact, SkerryError>) => void;
}

const DEFAULT_MAX_CONCURRENT = 2;
const DEFAULT_PATIENCE_MS = 3_000;
const DEFAULT_QUEUE_LENGTH = 256;

/**
 * Threads that build, started when they are needed, in front of one bounded queue. One of them is kept warm. See
 * RATIONALE.md, "When does a second builder start?".
 */
export class Builders {
  readonly #queueLength: number;
  readonly #waiting: Job[] = [];
  readonly #builders: readonly Builder[];
  #isStopped = false;

  constructor(options: BuildersOptions) {
    this.#queueLength = options.queueLength ?? DEFAULT_QUEUE_LENGTH;
    const count = options.maxConcurrent ?? DEFAULT_MAX_CONCURRENT;
    const events = {
      onIdle: (builder: Builder) => this.#onIdle(builder),
      onSlow: () => this.#next(),
    };
    this.#builders = Array.from({ length: count }, () => new Builder(options, events));
  }

  /** Builds on the first thread that is free. Never rejects. */
  build(task: BuilderTask): Promise<Result<Artifact, SkerryError>> {
    const { fileName } = task;
    if (this.#isStopped) return Promise.resolve(err(stopping(fileName)));
    if (this.#waiting.length >= this.#queueLength && this.#free() === undefined) {
      const reason = `Cannot build ${fileName}: ${this.#queueLength} builds are waiting already`;
      return Promise.resolve(err(skerryError("overloaded", reason)));
    }
    return new Promise((answer) => {
      this.#waiting.push({ task, answer });
      this.#next();
    });
  }

  /** Ends the threads; what runs or waits, and what comes later, is answered `shutting_down`. */
  stop(): void {
    this.#isStopped = true;
    for (const job of this.#waiting.splice(0)) job.answer(err(stopping(job.task.fileName)));
    for (const builder of this.#builders) builder.stop();
  }

  #next(): void {
    const builder = this.#free();
    const job = builder && this.#waiting.shift();
    if (job !== undefined) builder!.run(job);
  }

  /** One that may begin now: of the idle ones that whose toolchains are warm. */
  #free(): Builder | undefined {
    if (this.#builders.some(({ isIdle, isSlow }) => !isIdle && !isSlow)) return undefined;
    const idle = this.#builders.filter(({ isIdle }) => isIdle);
    return idle.find(({ isWarm }) => isWarm) ?? idle[0];
  }

  #onIdle(builder: Builder): void {
    this.#next();
    const isSpare = this.#builders.some((each) => each !== builder && each.isIdle && each.isWarm);
    // Its toolchains hold hundreds of megabytes.
    if (builder.isIdle && isSpare) builder.stop();
  }
}

/** Whom a {@linkcode Builder} tells. */
interface BuilderEvents {
  readonly onIdle: (builder: Builder) => void;
  /** Its build has run for as long as patience lasts. */
  readonly onSlow: () => void;
}

/** One thread, replaced when it hangs, crashes or has lost its memory to a source. */
class Builder {
  readonly #spawn: () => WorkerThread;
  readonly #times: Required<BuildTimes>;
  readonly #patienceMs: number;
  readonly #events: BuilderEvents;
  #thread: WorkerThread | undefined;
  #job: Job | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #patienceTimer: ReturnType<typeof setTimeout> | undefined;
  #isSlow = false;
  #lastId = 0;

  constructor(options: BuildersOptions, events: BuilderEvents) {
    this.#spawn = options.spawn;
    this.#times = buildTimes(options);
    this.#patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    this.#events = events;
  }

  get isIdle(): boolean {
    return this.#job === undefined;
  }

  /** Whether what it builds has taken long already. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Whether it has a thread, with the toolchains that were used there. */
  get isWarm(): boolean {
    return this.#thread !== undefined;
  }

  run(job: Job): void {
    this.#job = job;
    this.#patienceTimer = setTimeout(() => {
      this.#isSlow = true;
      this.#events.onSlow();
    }, this.#patienceMs);
    const { task } = job;
    const { fileName } = task;
    const requestId = ++this.#lastId;
    this.#limitTime(this.#times.loadTimeoutMs, (ms) => loadTimeout(fileName, ms));
    try {
      this.#thread ??= this.#start();
      this.#thread.post({ requestId, task }, "buffer" in task ? [task.buffer] : []);
    } catch {
      this.#fail(skerryError("internal_error", `Cannot build ${fileName}: no builder starts`));
    }
  }

  stop(): void {
    if (this.#job !== undefined) this.#fail(stopping(this.#job.task.fileName));
    this.#drop();
  }

  #start(): WorkerThread {
    const thread = this.#spawn();
    thread.onMessage((message) => this.#onMessage(message as BuilderMessage));
    thread.onExit(() => this.#onExit(thread));
    return thread;
  }

  #onMessage(message: BuilderMessage): void {
    const job = this.#job;
    if (job === undefined || message.requestId !== this.#lastId) return;
    if (message.kind === "building") {
      this.#limitTime(this.#times.timeoutMs, (ms) => buildTimeout(job.task.fileName, ms));
      return;
    }
    const { result } = message;
    // What a bomb filled is given back at once, not when the collector comes round to it.
    if (!result.ok && isSpent(result.error)) this.#drop();
    this.#finish(result);
  }

  #onExit(thread: WorkerThread): void {
    if (thread !== this.#thread) return;
    const job = this.#job;
    if (job === undefined) return this.#drop();
    this.#fail(limitExceeded(job.task.fileName, "memory", "building it ended the builder"));
  }

  #limitTime(ms: number, error: (ms: number) => SkerryError): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(error(ms)), ms);
  }

  #fail(error: SkerryError): void {
    this.#drop();
    this.#finish(err(error));
  }

  #drop(): void {
    this.#thread?.terminate();
    this.#thread = undefined;
  }

  #finish(result: Result<Artifact, SkerryError>): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#patienceTimer);
    this.#isSlow = false;
    const job = this.#job;
    this.#job = undefined;
    job?.answer(result);
    this.#events.onIdle(this);
  }
}

function isSpent({ details }: SkerryError): boolean {
  return details?.limit === "memory" || details?.limit === "stack";
}

function stopping(fileName: string): SkerryError {
  return skerryError("shutting_down", `Cannot build ${fileName}: the server is stopping`);
}

function buildTimeout(fileName: string, ms: number): SkerryError {
  return limitExceeded(fileName, "time", `the compiler took longer than ${ms} ms`);
}

function loadTimeout(fileName: string, ms: number): SkerryError {
  return skerryError("timeout", `Cannot build ${fileName}: its compiler did not load in ${ms} ms`);
}
