import { Forker, STDERR_BYTES } from "./forker.ts";
import { type Libc, P_PID, POLLIN, SEEK_CUR, SIGKILL, WEXITED, WNOHANG, WNOWAIT } from "./libc.ts";
import type { ChildRequest, Stage, ZygoteMessage } from "./messages.ts";
import type { Orphans } from "./orphans.ts";
import {
  type ForkedChild,
  type RunningChild,
  type WaitStatus,
  waitStatus,
} from "./running_child.ts";
import { SLOT_COUNT, type Slots } from "./slots.ts";

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
  readonly slots: Slots;
  readonly readLines: () => string[] | undefined;
  readonly send: (message: ZygoteMessage) => boolean;
  readonly now: () => number;
}

/**
 * The zygote's loop: a child for every request, waits for all of them, kills those that are late. One child is forked ahead
 * and waits for a request, so that a single client need not wait for the fork, which then happens while its call runs.
 */
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
  #spare: ForkedChild | undefined;
  /** Whether another one is worth a fork: one that died by itself is not replaced before there is a request. */
  #wantsSpare = true;
  #isOpen = true;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#polled = new Int32Array(2 * (SLOT_COUNT + 1));
  }

  /** Serves until the server closes its end, and leaves no child behind. */
  serve(): void {
    while (this.#isOpen) {
      if (this.#wait()) this.#readRequests();
      const nowMs = this.#options.now();
      for (const child of this.#ended.splice(0)) this.#finish(child, nowMs);
      for (const child of this.#children.values()) this.#killIfLate(child, nowMs);
      if (this.#spare === undefined && this.#wantsSpare) this.#spare = this.#fork();
      this.#options.orphans.reap(
        nowMs,
        (pid) => this.#children.has(pid) || pid === this.#spare?.pid,
      );
    }
    for (const child of this.#children.values()) this.#kill(child.pid);
    if (this.#spare !== undefined) this.#kill(this.#spare.pid);
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
    const { pidfd = -1 } = this.#spare ?? {};
    polled[2 * count] = pidfd;
    polled[2 * count + 1] = POLLIN;
    count++;
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
    if (this.#spare !== undefined && polled[2 * index + 1]! >> 16 !== 0) {
      this.#loseSpare(this.#spare);
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
    const startMs = this.#options.now();
    const child = this.#spare ?? this.#fork();
    this.#spare = undefined;
    this.#wantsSpare = true;
    if (child !== undefined) {
      this.#options.forker.tell(child, request);
      const running = { ...child, request, attempt, startMs, isTimedOut: false };
      return void this.#children.set(child.pid, running);
    }
    this.#send({
      kind: "ended",
      id: request.id,
      stage: "forked",
      exitCode: 0,
      signal: 0,
      isTimedOut: false,
      message: "no process could be started",
      stderr: "",
      runMs: 0,
      cpuMs: 0,
    });
  }

  /** Undefined if there are too many, or the system has none to give. */
  #fork(): ForkedChild | undefined {
    const { slots, forker } = this.#options;
    const slot = slots.take();
    const child = slot && forker.fork(slot);
    if (child === undefined && slot !== undefined) slots.give(slot);
    return child;
  }

  #loseSpare(spare: ForkedChild): void {
    const { libc, slots, forker } = this.#options;
    libc.waitpid(spare.pid, this.#statusBytes, 0);
    forker.forget(spare);
    slots.give(spare.slot);
    this.#spare = undefined;
    this.#wantsSpare = false;
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
    const { libc, slots, orphans, forker } = this.#options;
    const { pid, slot, request, attempt } = child;
    libc.kill(-pid, SIGKILL);
    libc.wait4(pid, this.#statusBytes, 0, this.#usageBytes);
    this.#children.delete(pid);
    orphans.add(pid);
    const status = waitStatus(this.#status[0]!);
    const { stage, message } = slot;
    const written = this.#readStderr(child.stderr);
    const cpuMs = this.#cpuMs();
    forker.forget(child);
    slots.give(slot);
    if (this.#isOwnDeath(child, stage, status) && attempt < ATTEMPTS) {
      return this.#start(request, attempt + 1);
    }
    const { id } = request;
    const { isTimedOut } = child;
    const runMs = nowMs - child.startMs;
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
