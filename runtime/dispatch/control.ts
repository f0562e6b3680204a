/**
 * Words shared by the pool and one worker, for what must not wait for a message to be read: the worker
 * reads none while it runs a function.
 */
export type ControlWords = Int32Array<SharedArrayBuffer>;

/** What each word means. */
export const CONTROL = {
  /** Index: the id of a job that nobody waits for any more; the worker ends it and wakes from its sleep. */
  cancelledJob: 0,
  /** Index: the sequence number of the run to begin next, moved on by the worker as it begins one. */
  nextSequence: 1,
  /** Index: counts what the worker must wake up for: a cancelled job, an answer to its call. */
  wakes: 2,
  /** Value of `nextSequence`: begin none until told to resume. */
  halted: -1,
} as const;

/** Wakes the worker, if it sleeps. */
export function wake(control: ControlWords): void {
  Atomics.add(control, CONTROL.wakes, 1);
  Atomics.notify(control, CONTROL.wakes);
}

/** The words of a new worker: nothing is cancelled, and run 1 comes first. */
export function newControlWords(): ControlWords {
  const words = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  words[CONTROL.nextSequence] = 1;
  return words;
}
