type Chunk = unknown;

export interface Controller {
  readonly desiredSize: number | null;
  enqueue(chunk: Chunk): void;
  close(): void;
  error(reason: unknown): void;
}

export interface Source {
  start?(controller: Controller): unknown;
  pull?(controller: Controller): unknown;
  cancel?(reason: unknown): unknown;
}

export interface ReadResult {
  readonly done: boolean;
  readonly value: Chunk;
}

/** What is wanted ahead of what is read. */
const HIGH_WATER_MARK = 1;

/** The Streams Standard's `ReadableStream`, as far as bodies need it: default readers and chunks of any kind. */
export class ReadableStream {
  readonly #source: Source;
  readonly #queue: Chunk[] = [];
  readonly #waiting: PromiseWithResolvers<ReadResult>[] = [];
  #state: "readable" | "closing" | "closed" | "errored" = "readable";
  #reason: unknown;
  #reader: StreamReader | undefined;
  #isStarted = false;
  #isPulling = false;
  /** Whether anything has been read or cancelled. */
  isDisturbed = false;
  readonly #controller: Controller;

  constructor(source: Source = {}) {
    this.#source = source;
    // deno-lint-ignore no-this-alias -- the getter below has a `this` of its own
    const stream = this;
    this.#controller = {
      get desiredSize() {
        return stream.#desiredSize();
      },
      enqueue: (chunk) => this.#enqueue(chunk),
      close: () => this.#close(),
      error: (reason) => this.#fail(reason),
    };
    const started = source.start?.(this.#controller);
    Promise.resolve(started).then(() => {
      this.#isStarted = true;
      this.#pull();
    }, (reason) => this.#fail(reason));
  }

  static from(chunks: Iterable<Chunk> | AsyncIterable<Chunk>): ReadableStream {
    const iterator = Symbol.asyncIterator in chunks
      ? chunks[Symbol.asyncIterator]()
      : chunks[Symbol.iterator]();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => iterator.return?.(reason),
    });
  }

  get locked(): boolean {
    return this.#reader !== undefined;
  }

  getReader(): StreamReader {
    if (this.locked) throw new TypeError("The stream has a reader already");
    return this.#reader = new StreamReader({
      read: () => this.#read(),
      cancel: (reason) => this.#cancel(reason),
      release: () => this.#reader = undefined,
    });
  }

  cancel(reason?: unknown): Promise<void> {
    if (this.locked) return Promise.reject(new TypeError("The stream has a reader"));
    return this.#cancel(reason);
  }

  tee(): [ReadableStream, ReadableStream] {
    const reader = this.getReader();
    const controllers: Controller[] = [];
    const pull = async () => {
      const { done, value } = await reader.read();
      for (const controller of controllers) {
        if (done) controller.close();
        else controller.enqueue(value);
      }
    };
    const branch = () =>
      new ReadableStream({ start: (controller) => void controllers.push(controller), pull });
    return [branch(), branch()];
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    const reader = this.getReader();
    let isDone = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        isDone = done;
        if (done) return;
        yield value;
      }
    } finally {
      if (!isDone) await reader.cancel();
      reader.releaseLock();
    }
  }

  values(): AsyncGenerator<Chunk> {
    return this[Symbol.asyncIterator]();
  }

  get [Symbol.toStringTag](): string {
    return "ReadableStream";
  }

  #desiredSize(): number | null {
    if (this.#state === "errored") return null;
    return this.#state === "readable" ? HIGH_WATER_MARK - this.#queue.length : 0;
  }

  #enqueue(chunk: Chunk): void {
    if (this.#state !== "readable") throw new TypeError("The stream is closed");
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#queue.push(chunk);
    else waiting.resolve({ value: chunk, done: false });
    // A chunk that was enqueued from within a pull is followed by the pull after it.
    if (!this.#isPulling) this.#pull();
  }

  #close(): void {
    if (this.#state !== "readable") throw new TypeError("The stream is closed");
    this.#state = this.#queue.length > 0 ? "closing" : "closed";
    for (const each of this.#waiting.splice(0)) each.resolve({ value: undefined, done: true });
  }

  #fail(reason: unknown): void {
    if (this.#state === "closed" || this.#state === "errored") return;
    this.#state = "errored";
    this.#reason = reason;
    this.#queue.length = 0;
    for (const each of this.#waiting.splice(0)) each.reject(reason);
  }

  #read(): Promise<ReadResult> {
    this.isDisturbed = true;
    if (this.#queue.length > 0) {
      const value = this.#queue.shift();
      if (this.#state === "closing" && this.#queue.length === 0) this.#state = "closed";
      this.#pull();
      return Promise.resolve({ value, done: false });
    }
    if (this.#state === "errored") return Promise.reject(this.#reason);
    if (this.#state === "closed") return Promise.resolve({ value: undefined, done: true });
    const waiting = Promise.withResolvers<ReadResult>();
    this.#waiting.push(waiting);
    this.#pull();
    return waiting.promise;
  }

  async #cancel(reason: unknown): Promise<void> {
    this.isDisturbed = true;
    if (this.#state === "errored") throw this.#reason;
    if (this.#state === "closed") return;
    this.#queue.length = 0;
    this.#state = "readable";
    this.#close();
    await this.#source.cancel?.(reason);
  }

  #pull(): void {
    const isWanted = this.#waiting.length > 0 || this.#queue.length < HIGH_WATER_MARK;
    if (!this.#isStarted || this.#isPulling || this.#state !== "readable" || !isWanted) return;
    if (this.#source.pull === undefined) return;
    this.#isPulling = true;
    const pulling = new Promise((resolve) => resolve(this.#source.pull?.(this.#controller)));
    pulling.then(() => {
      this.#isPulling = false;
      this.#pull();
    }, (reason) => this.#fail(reason));
  }
}

interface ReaderOf {
  read(): Promise<ReadResult>;
  cancel(reason: unknown): Promise<void>;
  release(): void;
}

/** What `getReader` gives. */
export class StreamReader {
  #stream: ReaderOf | undefined;

  constructor(stream: ReaderOf) {
    this.#stream = stream;
  }

  read(): Promise<ReadResult> {
    return this.#stream?.read() ?? Promise.reject(new TypeError("The reader was released"));
  }

  cancel(reason?: unknown): Promise<void> {
    return this.#stream?.cancel(reason) ?? Promise.reject(new TypeError("The reader was released"));
  }

  releaseLock(): void {
    this.#stream?.release();
    this.#stream = undefined;
  }
}
