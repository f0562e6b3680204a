/**
 * Why a host function ended a run before the module did. Recorded on the host (`host.stopped`), because what
 * a host function throws says nothing: a module with `catch_all` can swallow it.
 */
export type StopReason =
  | { readonly kind: "exit"; readonly exitCode: number }
  /** `proc_raise`, or a host call that ends the program like a signal would. */
  | { readonly kind: "signal"; readonly signal: number }
  | { readonly kind: "timeout" }
  | { readonly kind: "output_too_large" }
  | { readonly kind: "cancelled" }
  /** Inline only: the call would wait, or the run makes too many host calls; run it again in the pool. */
  | { readonly kind: "promote" };
