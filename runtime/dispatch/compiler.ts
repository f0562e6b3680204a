import { type SkerryError, skerryError } from "../errors.ts";
import type { CompiledModule, Initialised, PrepareOptions } from "../isolate/prepare.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { WorkerThread } from "../platform/platform.ts";
import { err, ok, type Result } from "../result.ts";

/**
 * To the compiling thread; `buffer` is transferred. Not a view of it: Deno takes 100 ms per MiB to receive
 * a transferred view, and none to receive the buffer.
 */
export interface CompileMessage {
  readonly requestId: number;
  readonly buffer: ArrayBuffer;
  readonly options: PrepareOptions;
}

/** And back. */
export interface CompiledMessage {
  readonly requestId: number;
  readonly result: Result<Initialised<CompiledModule>, SkerryError>;
}

/** Options of {@linkcode Compiler}. */
export interface CompilerOptions {
  readonly spawn: () => WorkerThread;
  /** How long one module may take, milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
}

interface Request extends CompileMessage {
  readonly answer: (result: Result<Initialised<PreparedModule>, SkerryError>) => void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const STOPPING = skerryError("shutting_down", "Cannot use this module: the server is stopping");

/**
 * Prepares modules on a thread of its own, one after another: the server's thread never waits for a
 * compilation, and a module that hangs or crashes the compiler is known by name.
 */
export class Compiler {
  readonly #options: CompilerOptions;
  readonly #waiting: Request[] = [];
  #current: Request | undefined;
  #thread: WorkerThread | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastId = 0;
  #isStopped = false;

  constructor(options: CompilerOptions) {
    this.#options = options;
  }

  /** Instruments, compiles and initialises; `bytes`, which are all of their buffer, are transferred away. Never rejects. */
  prepare(
    bytes: Uint8Array<ArrayBuffer>,
    options: PrepareOptions,
  ): Promise<Result<Initialised<PreparedModule>, SkerryError>> {
    if (this.#isStopped) return Promise.resolve(err(STOPPING));
    return new Promise((answer) => {
      this.#waiting.push({ requestId: ++this.#lastId, buffer: bytes.buffer, options, answer });
      this.#next();
    });
  }

  /** Ends the thread; what is still waiting, and what comes later, is answered `shutting_down`. */
  stop(): void {
    this.#isStopped = true;
    const requests = this.#waiting.splice(0);
    this.#fail(STOPPING);
    for (const request of requests) request.answer(err(STOPPING));
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const request = this.#waiting.shift();
    if (request === undefined) return;
    this.#current = request;
    const timeoutMs = this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#timer = setTimeout(
      () => this.#fail(refused(`compiling it took longer than ${timeoutMs} ms`, "timeout")),
      timeoutMs,
    );
    const { requestId, buffer, options } = request;
    try {
      this.#thread ??= this.#start();
      this.#thread.post({ requestId, buffer, options }, [buffer]);
    } catch {
      this.#fail(refused("the compiler cannot be started"));
    }
  }

  #start(): WorkerThread {
    const thread = this.#options.spawn();
    thread.onMessage((message) => this.#onCompiled(message as CompiledMessage));
    thread.onExit(() => this.#fail(refused("compiling it ended the compiler")));
    return thread;
  }

  #onCompiled({ requestId, result }: CompiledMessage): void {
    if (this.#current?.requestId !== requestId) return;
    this.#finish(result.ok ? ok({ id: requestId, ...result.value }) : result);
  }

  #fail(error: SkerryError): void {
    this.#thread?.terminate();
    this.#thread = undefined;
    this.#finish(err(error));
  }

  #finish(result: Result<Initialised<PreparedModule>, SkerryError>): void {
    clearTimeout(this.#timer);
    const request = this.#current;
    this.#current = undefined;
    request?.answer(result);
    this.#next();
  }
}

/** @param code `timeout` may be the machine's doing, so that it is tried again. */
function refused(
  reason: string,
  code: "invalid_module" | "timeout" = "invalid_module",
): SkerryError {
  return skerryError(code, `Cannot use this module: ${reason}`);
}
