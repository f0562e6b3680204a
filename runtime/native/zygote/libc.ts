/** The C library as the zygote calls it. Everything here is Linux's. */

/** Symbols with the types of their parameters; variadic ones as they are called here. */
const SYMBOLS = {
  __cxa_atexit: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  _exit: { parameters: ["i32"], result: "void" },
  bsearch: { parameters: ["pointer", "pointer", "usize", "usize", "pointer"], result: "void" },
  clearenv: { parameters: [], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  close_range: { parameters: ["u32", "u32", "i32"], result: "i32", optional: true },
  dladdr: { parameters: ["pointer", "buffer"], result: "i32" },
  dladdr_of_word: { name: "dladdr", parameters: ["u64", "buffer"], result: "i32" },
  dlclose: { parameters: ["pointer"], result: "i32" },
  dlerror: { parameters: [], result: "pointer" },
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ferror: { parameters: ["pointer"], result: "i32" },
  fflush: { parameters: ["pointer"], result: "i32" },
  fork: { parameters: [], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  getpgid: { parameters: ["i32"], result: "i32" },
  getpid: { parameters: [], result: "i32" },
  getppid: { parameters: [], result: "i32" },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  madvise: { parameters: ["usize", "usize", "i32"], result: "i32" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["usize", "usize"], result: "i32" },
  nice: { parameters: ["i32"], result: "i32" },
  on_exit: { parameters: ["pointer", "pointer"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i64" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i64" },
  setpgid: { parameters: ["i32", "i32"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setvbuf: { parameters: ["pointer", "pointer", "i32", "usize"], result: "i32" },
  signal: { parameters: ["i32", "pointer"], result: "pointer" },
  sigprocmask: { parameters: ["i32", "buffer", "pointer"], result: "i32" },
  stdout: { type: "pointer" },
  strncpy: { parameters: ["pointer", "pointer", "usize"], result: "pointer" },
  syscall: { parameters: ["i64", "i64", "i64", "i64"], result: "i64" },
  umask: { parameters: ["u32"], result: "u32" },
  wait4: { parameters: ["i32", "buffer", "i32", "buffer"], result: "i32" },
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i64" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The C library's functions. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Opens the C library that this process runs on, which libraries loaded later share. Throws off glibc. */
export function openLibc(): Libc {
  return Deno.dlopen("libc.so.6", SYMBOLS).symbols;
}

/** The stream that `printf` writes to. */
export function stdoutOf(libc: Libc): Deno.PointerValue {
  const variable = new Deno.UnsafePointerView(libc.stdout as Deno.PointerObject);
  return Deno.UnsafePointer.create(variable.getBigUint64());
}

/** Bytes with the zero that ends a C string. */
export function cString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const terminated = new Uint8Array(bytes.length + 1);
  terminated.set(bytes);
  return terminated;
}

/** ASCII text as a C string. */
export function cText(text: string): Uint8Array<ArrayBuffer> {
  return cString(new TextEncoder().encode(text));
}

export const EFD_CLOEXEC = 0o2000000;
export const F_ADD_SEALS = 1033;
export const F_SEAL_SHRINK_AND_GROW = 0x2 | 0x4;
export const MADV_DOFORK = 11;
export const MAP_SHARED_ANONYMOUS = 0x1 | 0x20;
export const MFD_CLOEXEC_SEALABLE = 0x1 | 0x2;
export const O_RDONLY = 0;
export const O_RDWR = 2;
export const O_WRONLY = 1;
export const O_CLOEXEC = 0o2000000;
export const POLLIN = 1;
export const POLLOUT = 4;
export const PROT_READ_WRITE = 1 | 2;
export const PR_SET_PDEATHSIG = 1;
export const PR_SET_CHILD_SUBREAPER = 36;
export const PR_SET_NO_NEW_PRIVS = 38;
export const RTLD_NOW = 2;
export const SEEK_CUR = 1;
export const SIGKILL = 9;
export const SIGPIPE = 13;
export const SIG_IGNORE = 1n;
export const SIG_SETMASK = 2;
export const P_PID = 1;
export const WNOHANG = 1;
export const WEXITED = 4;
export const WNOWAIT = 0x0100_0000;
export const IONBF = 2;
/** A system call that older C libraries have no function for; the number is the same on every architecture. */
export const SYS_PIDFD_OPEN = 434;

/** Resource limits by their names in NativeLimits, with Linux's numbers. */
export const RLIMIT = {
  cpu: 0,
  fileSize: 1,
  core: 4,
  processes: 6,
  openFiles: 7,
  memory: 9,
} as const;
