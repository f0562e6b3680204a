import { Forker, STDERR_BYTES } from "./forker.ts";
import { type Libc, P_PID, POLLIN, SEEK_CUR, SIGKILL, WEXITED, WNOHANG, WNOWAIT } from "./libc.ts";
import type { ChildRequest, Stage, ZygoteMessage } from "./messages.ts";
import type { Orphans } from "./orphans.ts";
import { type RunningChild, type WaitStatus, waitStatus } from "./running_child.ts";
import type { Slot } from "./slots.ts";

/** A child that died before it reached the library is forked again, this many times in all. */
const ATTEMPTS = 5;
/** How soon to look again for what no descriptor tells. */
const LOOK_AGAIN_MS = 10;
/** From here to there only Skerry's own code runs, so a death between them is not the library's. */
const OWN_STAGES: readonly Stage[] = ["forked", "loaded"];

/** Where `siginfo_t` has the process id, in units of four bytes. */
const INFO_PID = 3;
const USAGE_WORDS = 18;

/** What {@linkcode Supervisor} works with. */
export interface SupervisorOptions {
  readonly libc: Libc;
  readonly forker: Forker;
  readonly orphans: Orphans;
  readonly slots: Slot[];
  readonly readLines: () => string[] | undefined;
  readonly send: (message: ZygoteMessage) => boolean;
  readonly now: () => number;
}

/** The zygote's loop: forks a child for every request, waits for all of them, kills those that are late. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #children = new Map<number, RunningChild>();
  readonly #status = new Int32Array(1);
  readonly #statusBytes = new Uint8Array(this.#status.buffer);
  /** `struct rusage`: seconds and microseconds of user and of system time, and what is not looked at. */
  readonly #usage = new BigInt64Array(USAGE_WORDS);
  readonly #usageBytes = new Uint8Array(this.#usage.buffer);
  readonly #polled: Int32Array<ArrayBuffer>;
  readonly #stderr = new Uint8Array(STDERR_BYTES);
  readonly #info = new Int32Array(32);
  readonly #ended: RunningChild[] = [];
  #isOpen = true;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#polled = new Int32Array(2 * (options.slots.length + 1));
  }

  /** Serves until the server closes its end, and leaves no child behind. */
  serve(): void {
    while (this.#isOpen) {
      if (this.#wait()) this.#readRequests();
      const nowMs = this.#options.now();
      for (const child of this.#ended.splice(0)) this.#finish(child, nowMs);
      for (const child of this.#children.values()) this.#killIfLate(child, nowMs);
      this.#options.orphans.reap(nowMs, (pid) => this.#children.has(pid));
    }
    for (const child of this.#children.values()) this.#kill(child.pid);
    this.#options.orphans.killAll();
  }

  /** Sleeps until there is something to do. Returns whether that includes requests. */
  #wait(): boolean {
    const polled = this.#polled;
    polled[0] = 0;
    polled[1] = POLLIN;
    let count = 1;
    for (const { pidfd } of this.#children.values()) {
      polled[2 * count] = pidfd;
      polled[2 * count + 1] = POLLIN;
      count++;
    }
    const bytes = new Uint8Array(polled.buffer);
    const ready = this.#options.libc.poll(bytes, BigInt(count), this.#sleepMs());
    // An interrupted poll has filled nothing in.
    if (ready < 0) return false;
    let index = 1;
    for (const child of this.#children.values()) {
      const isReady = polled[2 * index + 1]! >> 16 !== 0;
      if (isReady || (child.pidfd < 0 && this.#isZombie(child.pid))) this.#ended.push(child);
      index++;
    }
    return polled[1]! >> 16 !== 0;
  }

  #sleepMs(): number {
    let untilMs = Infinity;
    for (const { request, startMs, isTimedOut } of this.#children.values()) {
      if (!isTimedOut) untilMs = Math.min(untilMs, startMs + request.limits.timeoutMs);
    }
    let sleepMs = Math.max(0, Math.ceil(untilMs - this.#options.now()));
    const children = [...this.#children.values()];
    if (this.#options.orphans.isBusy || children.some(({ pidfd }) => pidfd < 0)) {
      sleepMs = Math.min(sleepMs, LOOK_AGAIN_MS);
    }
    return sleepMs === Infinity ? -1 : Math.min(sleepMs, 2 ** 31 - 1);
  }

  #readRequests(): void {
    const lines = this.#options.readLines();
    if (lines === undefined) this.#isOpen = false;
    for (const line of lines ?? []) this.#start(JSON.parse(line), 1);
  }

  #start(request: ChildRequest, attempt: number): void {
    const slot = this.#options.slots.pop();
    const child = slot && this.#options.forker.fork(request, slot, attempt, this.#options.now());
    if (child !== undefined) return void this.#children.set(child.pid, child);
    if (slot !== undefined) this.#options.slots.push(slot);
    this.#send({
      kind: "ended",
      id: request.id,
      stage: "forked",
      exitCode: 0,
      signal: 0,
      isTimedOut: false,
      message: slot === undefined ? "too many calls" : "no process could be started",
      stderr: "",
      runMs: 0,
      cpuMs: 0,
    });
  }

  /** For kernels without process descriptors: looks, and leaves it to be waited for. */
  #isZombie(pid: number): boolean {
    this.#info.fill(0);
    const flags = WEXITED | WNOHANG | WNOWAIT;
    this.#options.libc.waitid(P_PID, pid, new Uint8Array(this.#info.buffer), flags);
    return this.#info[INFO_PID] === pid;
  }

  #killIfLate(child: RunningChild, nowMs: number): void {
    if (child.isTimedOut || nowMs - child.startMs < child.request.limits.timeoutMs) return;
    child.isTimedOut = true;
    this.#kill(child.pid);
  }

  #kill(pid: number): void {
    this.#options.libc.kill(-pid, SIGKILL);
    this.#options.libc.kill(pid, SIGKILL);
  }

  /** The group is killed while its number is still taken; only then is the child waited for. */
  #finish(child: RunningChild, nowMs: number): void {
    const { libc, slots, orphans } = this.#options;
    const { pid, pidfd, slot, stderr, request, attempt } = child;
    libc.kill(-pid, SIGKILL);
    libc.wait4(pid, this.#statusBytes, 0, this.#usageBytes);
    this.#children.delete(pid);
    if (pidfd >= 0) libc.close(pidfd);
    orphans.add(pid);
    const status = waitStatus(this.#status[0]!);
    const { stage, message } = slot;
    const written = this.#readStderr(stderr);
    libc.close(stderr);
    slots.push(slot);
    if (this.#isOwnDeath(child, stage, status) && attempt < ATTEMPTS) {
      return this.#start(request, attempt + 1);
    }
    const { id } = request;
    const { isTimedOut } = child;
    const runMs = nowMs - child.startMs;
    const cpuMs = this.#cpuMs();
    this.#send({
      kind: "ended",
      id,
      stage,
      ...status,
      isTimedOut,
      message,
      stderr: written,
      runMs,
      cpuMs,
    });
  }

  /** What the child and those it has waited for have used. */
  #cpuMs(): number {
    const [userS, userUs, systemS, systemUs] = this.#usage;
    return Number(userS! + systemS!) * 1000 + Number(userUs! + systemUs!) / 1000;
  }

  #isOwnDeath({ isTimedOut }: RunningChild, stage: Stage, { signal }: WaitStatus): boolean {
    return signal !== 0 && !isTimedOut && OWN_STAGES.includes(stage);
  }

  /** The offset is shared with the child, so it tells how much was written. */
  #readStderr(fd: number): string {
    const length = Number(this.#options.libc.lseek(fd, 0n, SEEK_CUR));
    if (length <= 0) return "";
    const count = Number(
      this.#options.libc.pread(fd, this.#stderr, BigInt(Math.min(length, STDERR_BYTES)), 0n),
    );
    return count <= 0 ? "" : String.fromCharCode(...this.#stderr.subarray(0, count));
  }

  #send(message: ZygoteMessage): void {
    if (!this.#options.send(message)) this.#isOpen = false;
  }
}
