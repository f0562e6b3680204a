import type { WorkerThread } from "../../runtime/platform/platform.ts";

/** A worker thread for tests: keeps what was posted to it, and answers when the test says so. */
export class FakeThread implements WorkerThread {
  readonly posted: unknown[] = [];
  isTerminated = false;
  #onMessage: (message: unknown) => void = () => {};
  #onExit: (reason: string) => void = () => {};

  post(message: unknown): void {
    this.posted.push(message);
  }

  onMessage(handler: (message: unknown) => void): void {
    this.#onMessage = handler;
  }

  onExit(handler: (reason: string) => void): void {
    this.#onExit = handler;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** Sends a message back. */
  answer(message: unknown): void {
    this.#onMessage(message);
  }

  /** Ends as a thread does that crashed. */
  crash(reason: string): void {
    this.#onExit(reason);
  }
}
