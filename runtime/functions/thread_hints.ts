import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { ThreadPort, WorkerThread } from "../platform/platform.ts";
import { type ChangeHints, FolderHints, POLLING_PACE, type RescanPace } from "./change_hints.ts";

/** To the watching thread: the folders there are now. */
interface WatchMessage {
  readonly root: string;
  readonly folders: ReadonlyMap<string, string>;
}

/** And back: something may have changed, or the last message has been dealt with. */
type HintMessage = "hint" | "updated";

/** A burst of changes makes one message in this time, after the first, which is sent at once. */
const COALESCE_MS = 10;

/**
 * Hints from a thread of its own, for where watching may block (Deno's watcher opens what it hears of, and
 * a named pipe blocks whoever opens it). A thread that no longer answers is not missed for long: the folder
 * is then looked at often instead.
 */
export class ThreadHints implements ChangeHints {
  readonly #root: string;
  readonly #thread: WorkerThread;
  #isWaiting = false;
  #isSilent = false;

  constructor(root: string, onHint: () => void, thread: WorkerThread) {
    this.#root = root;
    this.#thread = thread;
    thread.onMessage((message) => {
      if (message as HintMessage === "hint") onHint();
      else this.#isWaiting = false;
    });
    thread.onExit(() => this.#isWaiting = true);
  }

  get rescanPace(): RescanPace | undefined {
    return this.#isSilent ? POLLING_PACE : undefined;
  }

  /** Answers false: the thread itself hints when it watches something new. */
  update(folders: ReadonlyMap<string, string>): boolean {
    // Still waiting for the answer to the last one, which a look at the whole folder ago was sent.
    this.#isSilent = this.#isWaiting;
    this.#isWaiting = true;
    this.#thread.post({ root: this.#root, folders } satisfies WatchMessage, []);
    return false;
  }

  close(): void {
    this.#thread.terminate();
  }
}

/** The far end of {@linkcode ThreadHints}. */
export function serveHints(port: ThreadPort, clock: Pick<Clock, "after"> = SYSTEM_CLOCK): void {
  let hints: FolderHints | undefined;
  let isResting = false;
  let hasMore = false;
  const post = (message: HintMessage) => port.post(message, []);
  const hint = () => {
    hasMore = isResting;
    if (isResting) return;
    isResting = true;
    post("hint");
    clock.after(COALESCE_MS, () => {
      isResting = false;
      if (hasMore) hint();
    });
  };
  port.onMessage((message) => {
    const { root, folders } = message as WatchMessage;
    hints ??= new FolderHints(root, hint);
    if (hints.update(folders)) hint();
    post("updated");
  });
}
