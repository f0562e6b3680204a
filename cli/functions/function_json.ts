import type { FunctionStatus } from "../../runtime/functions/function_status.ts";

/** A function as the management API lists it. */
export interface FunctionJson extends FunctionStatus {
  /** The name it was deployed under; absent if it comes from elsewhere. */
  readonly name?: string;
  readonly language?: string;
}

/** One function as the management API shows it; the rest is a deployed one's. */
export interface FunctionDetailsJson extends FunctionJson {
  /** Of the active version. */
  readonly id?: string;
  /** Newest first. */
  readonly versions?: readonly VersionJson[];
  readonly config?: string | null;
  readonly url?: string;
  /** Others at the same paths. */
  readonly also?: readonly FunctionJson[];
}

/** A version of a deployed function. */
export interface VersionJson {
  readonly id: string;
  readonly content_hash: string;
  readonly language: string;
  readonly size: number;
  readonly created_at: string;
  readonly is_active: boolean;
  readonly has_module: boolean;
}

/** What a function is called on the command line: its name, or its route without the first slash. */
export function nameOf({ name, route }: Pick<FunctionJson, "name" | "route">): string {
  return name ?? (route === "/" ? "/" : route.slice(1));
}

/** What tells it from others at the same paths. */
export function keyOf(each: Pick<FunctionJson, "name" | "route" | "method">): string {
  return each.method === undefined ? nameOf(each) : `${each.method}:${each.route}`;
}

/** A function's place below `/_/`. */
export function functionPath(name: string): string {
  return `functions/${encodeURIComponent(name.replace(/^\/(?=.)/, ""))}`;
}
