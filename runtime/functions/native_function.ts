import type { SkerryError } from "../errors.ts";
import type { Result } from "../result.ts";

/** A function of a native library, which is called in a process of its own. */
export interface NativeTarget {
  readonly library: AdmittedLibrary;
  readonly functionName: string;
  readonly limits: NativeLimitChoice;
}

/** The bounds that a configuration names; the others are the server's. */
export interface NativeLimitChoice {
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  readonly outputBytes?: number;
}

/** A library that may be called, as it was when it was admitted. */
export interface AdmittedLibrary {
  /** The path that it is known by. */
  readonly name: string;
  /** The path that it is loaded from. */
  readonly path: string;
  /** Keeps what is at `path` until {@linkcode AdmittedLibrary.release} is called once more; it begins held once. */
  hold(): void;
  release(): void;
}

/** Decides whether a library may be called; the error continues a sentence. */
export type AdmitLibrary = (
  path: string,
  bytes: Uint8Array,
) => Promise<Result<AdmittedLibrary, string>>;

/** For servers that call no libraries. */
export const admitNoLibrary: AdmitLibrary = () => {
  const error = "native libraries are off; start the server with --native and the folder it is in";
  return Promise.resolve({ ok: false, error });
};

/** What became of a call. */
export interface NativeRun {
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** The beginning of what it wrote to standard error. */
  readonly stderr: Uint8Array;
  /** Why it did not end well. */
  readonly error?: SkerryError;
  /** The same in words that may name paths of the host: for the log only. */
  readonly reason?: string;
}

/** Calls a function with a file that holds `input`. `name` is the function's in errors. Never rejects. */
export type RunNative = (
  target: NativeTarget,
  input: Uint8Array,
  name: string,
) => Promise<NativeRun>;

/** For servers that call no libraries: nothing is ever admitted, so nothing gets here. */
export const runNoLibrary: RunNative = () =>
  Promise.reject(new Error("Cannot call a library: this server calls none"));
