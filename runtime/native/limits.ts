/** Bounds of one native call. The kernel keeps all but the first, in the process that the call has to itself. */
export interface NativeLimits {
  /** Wall clock from the fork on; then the call's whole process group is killed. */
  readonly timeoutMs: number;
  /** Processor time, `RLIMIT_CPU`. */
  readonly cpuSeconds: number;
  /** Memory beyond what the process starts with, `RLIMIT_AS`. */
  readonly memoryMb: number;
  /** The size of any file the call writes, its output included, `RLIMIT_FSIZE`. */
  readonly outputBytes: number;
  /** Open descriptors, `RLIMIT_NOFILE`. */
  readonly openFiles: number;
  /** Processes of the server's user in all, `RLIMIT_NPROC`; the kernel does not hold root to it. */
  readonly processes: number;
}

/** What a native call gets unless the server or the function's configuration says otherwise. */
export const DEFAULT_NATIVE_LIMITS: NativeLimits = {
  timeoutMs: 5_000,
  cpuSeconds: 5,
  memoryMb: 512,
  outputBytes: 10 * 1024 * 1024,
  openFiles: 256,
  processes: 1024,
};
