/**
 * What the server and its zygote say to each other: one JSON object a line. Names that come from clients
 * are binary strings, one character a byte, so that they arrive as they were sent.
 *
 * @module
 */
import type { NativeLimits } from "../limits.ts";

/** Server to zygote: fork a child for this. */
export interface ChildRequest {
  readonly id: number;
  /** Absolute path, as a binary string. */
  readonly library: string;
  /** Binary string without NUL. */
  readonly functionName: string;
  /** Binary string without NUL; the function gets a null pointer without one. */
  readonly file?: string;
  /** The file that becomes standard output, which exists already; a binary string. */
  readonly output: string;
  readonly limits: NativeLimits;
}

/** Zygote to server: it listens, or the child of a request has ended. */
export type ZygoteMessage = ZygoteReady | ChildReport;

/** The first message. */
export interface ZygoteReady {
  readonly kind: "ready";
  readonly pid: number;
}

/** How a child ended: how far it came, and what the kernel says. */
export interface ChildReport {
  readonly kind: "ended";
  readonly id: number;
  readonly stage: Stage;
  readonly exitCode: number;
  /** 0 if it exited by itself. */
  readonly signal: number;
  readonly isTimedOut: boolean;
  /** The loader's words after a failure; a binary string. */
  readonly message: string;
  /** The beginning of what it wrote to standard error; a binary string. */
  readonly stderr: string;
  readonly runMs: number;
  /** Processor time. */
  readonly cpuMs: number;
}

/** How far a child came: what it was about to do, or had done, when it was last heard of. */
export const STAGES = [
  "forked",
  "setup_failed",
  "loading",
  "load_failed",
  "loaded",
  "function_missing",
  "executing",
  "unloading",
  "output_lost",
  "done",
] as const;

/** One of {@linkcode STAGES}. */
export type Stage = typeof STAGES[number];

/** The stage's number in the memory that a child shares with the zygote. */
export function stageNumber(stage: Stage): number {
  return STAGES.indexOf(stage);
}

/** Text as a binary string: one character for each byte of its UTF-8. */
export function binaryString(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** The bytes of a binary string. */
export function binaryBytes(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
