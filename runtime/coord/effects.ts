import type { Answer, Appended } from "./answer.ts";

/** What folding one command came to. */
export interface Effects {
  /** To whoever sent the command. */
  answer: Answer;
  /** Waiting requests that the command answered. */
  readonly settled: Settled[];
  /** Locks whose holder, lease or queue has changed. */
  readonly locks: string[];
  /** The record that the bytes beside the command became. */
  record?: Appended & { readonly log: string };
}

/** A waiting request and its answer. */
export interface Settled {
  readonly client: string;
  readonly seq: number;
  readonly answer: Answer;
}
