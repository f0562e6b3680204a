import type { ModuleInfo } from "../../runtime/wasm/module_info.ts";
import { trapKind } from "../../runtime/isolate/trap_kind.ts";

/** An export that can be called. */
export type Callable = (...args: unknown[]) => unknown;

/** What an instance runs on: answers the same in every run, and notes what was asked of it. */
export interface TestHost {
  readonly log: readonly string[];
  /** What to instantiate with. */
  imports(module: WebAssembly.Module): WebAssembly.Imports;
  /** Begins a run: whatever the run before did is forgotten. */
  begin(): void;
  /** Shows the host what the instance exports; the start function runs before that. */
  attach(exports: WebAssembly.Exports): void;
}

/** All that can be seen of a run: answers, calls of the host, and the state it leaves. */
export interface Observation {
  /** What each export answered, or how it trapped, in the order of the calls. */
  readonly answers: readonly string[];
  readonly log: readonly string[];
  readonly globals: readonly string[];
  readonly memories: readonly Uint8Array[];
  /** Whether the stack ran out, at a depth that metering may change: then nothing can be compared. */
  readonly isDeep: boolean;
}

/**
 * Starts an instance, calls each of its exports, then notes the state. The module exposes it, see `expose.ts`.
 *
 * @param launch Runs the start function, if there is one, and returns the instance
 */
export function observe(
  launch: () => WebAssembly.Instance,
  host: TestHost,
  info: ModuleInfo,
): Observation {
  host.begin();
  let instance: WebAssembly.Instance;
  try {
    instance = launch();
  } catch (error) {
    if (!info.hasStart) throw error;
    return observation([`start: ${throwText(error)}`], host);
  }
  host.attach(instance.exports);
  const signatures = new Map(info.exports.map(({ name, signature = "" }) => [name, signature]));
  const answers = ownFunctions(instance.exports).map(([name, callee]) =>
    `${name}: ${attempt(callee, argumentsFor(signatures.get(name) ?? ""))}`
  );
  return observation(answers, host, instance);
}

function observation(
  answers: string[],
  host: TestHost,
  instance?: WebAssembly.Instance,
): Observation {
  const exported = (prefix: string) => instance === undefined ? [] : named(instance, prefix);
  return {
    answers,
    log: [...host.log],
    globals: exported("global:").map((global) => readGlobal(global as WebAssembly.Global)),
    memories: exported("memory:").map((memory) =>
      new Uint8Array((memory as WebAssembly.Memory).buffer).slice()
    ),
    isDeep: answers.some((answer) => answer.endsWith("stack_overflow")),
  };
}

/** The exports of this kind that `expose.ts` added. */
export function named(instance: WebAssembly.Instance, prefix: string): WebAssembly.ExportValue[] {
  return Object.entries(instance.exports).filter(([name]) => name.startsWith(prefix))
    .map(([, value]) => value);
}

function attempt(callee: Callable, args: readonly unknown[]): string {
  try {
    return spell(callee(...args));
  } catch (error) {
    return throwText(error);
  }
}

function throwText(error: unknown): string {
  return `throws ${trapKind(error) ?? (error instanceof Error ? error.message : spell(error))}`;
}

const ARGUMENTS: Readonly<Record<string, unknown>> = { i32: 3, i64: 5n, f32: 1.5, f64: -2.5 };

/** Arguments for a function of a signature such as `(i32, f64) -> ()`; null where only references go. */
function argumentsFor(signature: string): unknown[] {
  const [, params = ""] = /^\(([^)]*)\)/.exec(signature) ?? [];
  return params.split(", ").filter(Boolean).map((type) => ARGUMENTS[type] ?? null);
}

function readGlobal(global: WebAssembly.Global): string {
  try {
    return spell(global.value);
  } catch {
    return "no value that JavaScript can see"; // v128, exnref
  }
}

/** The module's own exported functions, in order. */
export function ownFunctions(exports: WebAssembly.Exports): [string, Callable][] {
  return Object.entries(exports).filter(([name, value]) =>
    typeof value === "function" && !name.startsWith("skerry:")
  ) as [string, Callable][];
}

/** A value as text. Objects have no identity that could be compared; functions go by their index. */
export function spell(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? value.map(spell).join() : "object";
  }
  return `${typeof value} ${String(value)}`;
}
