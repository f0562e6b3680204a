/** How a run ended. A value, told apart by `kind`, never by a message. */
export type Outcome =
  | { readonly kind: "ok" }
  /** The program called `proc_exit` with a code other than 0. */
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "trapped"; readonly trap: TrapKind; readonly message: string }
  | { readonly kind: "fuel_exhausted" }
  | { readonly kind: "memory_exceeded" }
  | { readonly kind: "timeout" }
  | { readonly kind: "output_too_large" }
  | { readonly kind: "cancelled" };

/** What trapped, in the WebAssembly specification's terms. */
export type TrapKind =
  | "unreachable"
  | "out_of_bounds"
  | "divide_by_zero"
  | "integer_overflow"
  | "invalid_conversion"
  | "stack_overflow"
  | "indirect_call_mismatch"
  | "null_reference"
  | "cast_failure"
  | "uncaught_exception"
  | "allocation_failed"
  | "signal"
  | "unknown";

/** What one run did and used. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Fuel units consumed. */
  readonly fuel: number;
  /** 64 KiB pages at the end of the run, over all memories. */
  readonly memoryPages: number;
}
