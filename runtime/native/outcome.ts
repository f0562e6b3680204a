import type { NativeLimits } from "./limits.ts";

/** Which of a call's steps something happened in. */
export type NativeStep = "load" | "execute" | "unload";

/** How a native call ended. A value, told apart by `kind`, never by a message. */
export type NativeOutcome =
  | { readonly kind: "ok" }
  /** Not a command, or not a library that may be called. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The loader's own message. */
  | { readonly kind: "load_failed"; readonly reason: string }
  | { readonly kind: "function_missing"; readonly reason: string }
  /** The library ended its process. During `execute` with code 0 that is a way to return. */
  | { readonly kind: "exited"; readonly step: NativeStep; readonly exitCode: number }
  | { readonly kind: "signalled"; readonly step: NativeStep; readonly signal: number }
  | { readonly kind: "timeout"; readonly step: NativeStep; readonly timeoutMs: number }
  | { readonly kind: "cpu_exceeded"; readonly step: NativeStep; readonly cpuSeconds: number }
  | { readonly kind: "output_too_large"; readonly step: NativeStep; readonly outputBytes: number }
  /** The function has returned, and what it printed could not all be written: the disk is full, or it closed the file. */
  | { readonly kind: "output_lost"; readonly step: NativeStep }
  /** A hook said no, or failed. */
  | { readonly kind: "hook_failed"; readonly reason: string }
  /** As many calls wait as may. */
  | { readonly kind: "overloaded" }
  /** The server stops, and it would not wait for longer. */
  | { readonly kind: "stopping" }
  /** Skerry or the system could not do its part. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** What is known of a process that has ended. */
export interface Ending {
  readonly step: NativeStep;
  readonly exitCode: number;
  /** 0 if it exited by itself. */
  readonly signal: number;
  readonly isTimedOut: boolean;
  /** Processor time it has used. */
  readonly cpuMs: number;
}

const SIGKILL = 9;
const SIGXCPU = 24;
const SIGXFSZ = 25;

/** What became of a call whose process ended within the library. */
export function endedOutcome(
  { step, exitCode, signal, isTimedOut, cpuMs }: Ending,
  { timeoutMs, cpuSeconds, outputBytes }: NativeLimits,
): NativeOutcome {
  if (isTimedOut) return { kind: "timeout", step, timeoutMs };
  // One that ignores SIGXCPU is killed a little later.
  const isOverCpu = signal === SIGXCPU || (signal === SIGKILL && cpuMs >= cpuSeconds * 1000);
  if (isOverCpu) return { kind: "cpu_exceeded", step, cpuSeconds };
  if (signal === SIGXFSZ) return { kind: "output_too_large", step, outputBytes };
  if (signal !== 0) return { kind: "signalled", step, signal };
  return { kind: "exited", step, exitCode };
}

/** Whether the function did what it was called for. */
export function hasSucceeded(outcome: NativeOutcome): boolean {
  return outcome.kind === "ok" ||
    (outcome.kind === "exited" && outcome.exitCode === 0 && outcome.step !== "load");
}

/** Whether the library was loaded and its function called, so that the output is the function's. */
export function hasExecuted(outcome: NativeOutcome): boolean {
  return outcome.kind === "ok" || ("step" in outcome && outcome.step !== "load");
}

/** One line that says how a call ended, e.g. `Segmentation fault`; names the step unless it was `execute`. */
export function describeOutcome(outcome: NativeOutcome): string {
  const during = "step" in outcome && outcome.step !== "execute"
    ? ` (${outcome.step === "load" ? "while loading" : "while unloading"})`
    : "";
  return describeKind(outcome) + during;
}

function describeKind(outcome: NativeOutcome): string {
  switch (outcome.kind) {
    case "ok":
      return "ok";
    case "exited":
      return `exit status ${outcome.exitCode}`;
    case "signalled":
      return signalText(outcome.signal);
    case "timeout":
      return `timed out after ${outcome.timeoutMs} ms`;
    case "cpu_exceeded":
      return `used more than ${outcome.cpuSeconds} s of processor time`;
    case "output_too_large":
      return `wrote more than ${outcome.outputBytes} bytes`;
    case "output_lost":
      return "what it printed could not all be written";
    case "overloaded":
      return "too many calls are waiting";
    case "stopping":
      return "the server is stopping";
    default:
      return outcome.reason;
  }
}

/** By Linux's numbers: the name, and what `strsignal` says. */
const SIGNALS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  1: ["SIGHUP", "Hangup"],
  2: ["SIGINT", "Interrupt"],
  3: ["SIGQUIT", "Quit"],
  4: ["SIGILL", "Illegal instruction"],
  5: ["SIGTRAP", "Trace/breakpoint trap"],
  6: ["SIGABRT", "Aborted"],
  7: ["SIGBUS", "Bus error"],
  8: ["SIGFPE", "Floating point exception"],
  9: ["SIGKILL", "Killed"],
  10: ["SIGUSR1", "User defined signal 1"],
  11: ["SIGSEGV", "Segmentation fault"],
  12: ["SIGUSR2", "User defined signal 2"],
  13: ["SIGPIPE", "Broken pipe"],
  14: ["SIGALRM", "Alarm clock"],
  15: ["SIGTERM", "Terminated"],
  31: ["SIGSYS", "Bad system call"],
};

/** A signal's name, e.g. `SIGSEGV`. */
export function signalName(signal: number): string {
  return SIGNALS[signal]?.[0] ?? `signal ${signal}`;
}

function signalText(signal: number): string {
  return SIGNALS[signal]?.[1] ?? `Signal ${signal}`;
}
