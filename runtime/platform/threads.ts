import { setPriority } from "node:os";
import {
  isMainThread,
  type MessagePort,
  parentPort,
  type ResourceLimits,
  Worker,
  workerData,
} from "node:worker_threads";
import type { ThreadPort, WorkerRole, WorkerThread } from "./platform.ts";

/** Marks the threads this program starts; another embedder's worker data looks different. */
interface SkerryWorkerData {
  readonly skerryRole: WorkerRole;
}

/** The server's thread goes first: a busy pool must not delay the fast path. */
const WORKER_NICE = 5;

/** Starts a thread that runs `entryUrl` in a role, with the runtime's own limits where none are given. */
export function spawnThread(
  entryUrl: URL,
  role: WorkerRole,
  resourceLimits?: ResourceLimits,
): WorkerThread {
  const data: SkerryWorkerData = { skerryRole: role };
  const worker = new Worker(entryUrl, { workerData: data, resourceLimits });
  let isTerminated = false;
  let failure: string | undefined;
  worker.on("error", (error: Error) => failure = error.message);
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (handler) => void worker.on("message", handler),
    onExit: (handler) =>
      void worker.on("exit", (exitCode: number) => {
        if (!isTerminated) handler(failure ?? `exit code ${exitCode}`);
      }),
    terminate() {
      isTerminated = true;
      void worker.terminate();
    },
  };
}

/** This thread's way out if Skerry started it as a worker, else undefined. */
export function currentThreadPort(): ThreadPort | undefined {
  const port = parentPort;
  const role = (workerData as Partial<SkerryWorkerData> | null)?.skerryRole;
  if (isMainThread || port === null || role === undefined) return undefined;
  // An alarm that is late is none.
  if (role !== "alarm") lowerPriority();
  return {
    role,
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: holdMessages(port),
  };
}

/**
 * Listens at once and keeps what arrives until there is a handler: a role's own code takes a while to load,
 * and Deno (2.9.6) loses messages that nobody listens to.
 */
function holdMessages(port: MessagePort): ThreadPort["onMessage"] {
  const early: unknown[] = [];
  let handle = (message: unknown): void => void early.push(message);
  port.on("message", (message) => handle(message));
  return (handler) => {
    handle = handler;
    early.splice(0).forEach(handler);
  };
}

/** On Linux this is the calling thread's own priority; elsewhere, or without the right, nothing is lost. */
function lowerPriority(): void {
  try {
    setPriority(0, WORKER_NICE);
  } catch {
    // Only an optimisation.
  }
}
