import type { TrapKind } from "./outcome.ts";

/**
 * V8's trap messages (its `src/common/message-template.h`, kTrap…), which are the only thing that tells
 * one trap from another. A message that is not listed becomes `unknown`, and `trap_kind_test.ts` provokes
 * every kind, so that a V8 that words one differently is noticed.
 */
const TRAP_BY_MESSAGE: ReadonlyMap<string, TrapKind> = new Map<string, TrapKind>([
  ["unreachable", "unreachable"],
  ["memory access out of bounds", "out_of_bounds"],
  ["table index is out of bounds", "out_of_bounds"],
  ["table access out of bounds", "out_of_bounds"],
  ["table out of bounds", "out_of_bounds"],
  ["array element access out of bounds", "out_of_bounds"],
  ["element segment out of bounds", "out_of_bounds"],
  ["data segment out of bounds", "out_of_bounds"],
  ["string offset out of bounds", "out_of_bounds"],
  ["operation does not support unaligned accesses", "out_of_bounds"],
  ["divide by zero", "divide_by_zero"],
  ["remainder by zero", "divide_by_zero"],
  ["divide result unrepresentable", "integer_overflow"],
  ["float unrepresentable in integer range", "invalid_conversion"],
  ["null function or function signature mismatch", "indirect_call_mismatch"],
  ["function signature mismatch", "indirect_call_mismatch"],
  ["null function", "indirect_call_mismatch"],
  ["dereferencing a null pointer", "null_reference"],
  ["illegal cast", "cast_failure"],
  ["requested new array is too large", "allocation_failed"],
  ["rethrowing null value", "null_reference"],
]);

/** What a value thrown from a WebAssembly call means; undefined if neither the module nor V8 threw it. */
export function trapKind(thrown: unknown): TrapKind | undefined {
  if (thrown instanceof WebAssembly.RuntimeError) {
    return TRAP_BY_MESSAGE.get(thrown.message) ?? "unknown";
  }
  // Only the message tells an exhausted stack from other RangeErrors.
  if (thrown instanceof RangeError && thrown.message.startsWith("Maximum call stack")) {
    return "stack_overflow";
  }
  return thrown instanceof WebAssembly.Exception ? "uncaught_exception" : undefined;
}
