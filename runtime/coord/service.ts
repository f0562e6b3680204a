import type { Answer } from "./answer.ts";
import type { Asker, Reply } from "./request.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { Command } from "./command.ts";
import type { Effects } from "./effects.ts";
import { Followers } from "./followers.ts";
import { IdleSessions } from "./idle_sessions.ts";
import { Leases } from "./leases.ts";
import type { Log, LogFollower, LogRecord, ReadBounds, RecordPlace } from "./log.ts";
import { apply } from "./machine.ts";
import { Rate } from "./rates.ts";
import {
  type CoordState,
  decodeState,
  encodeState,
  guardOf,
  initialState,
  type LockState,
} from "./state.ts";
import { takesRoom } from "./takes_room.ts";
import { Waits } from "./waits.ts";

/** Records that one read of bytes looks at. */
const MAX_RECORDS_READ = 1000;

/** How a {@linkcode CoordService} works. */
export interface CoordServiceOptions {
  readonly log: Log;
  /** Whether each log has a lock of its own, or one guards them all. @default false */
  readonly lockPerLog?: boolean;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** What folds commands; tests pass broken ones. @default the machine's `apply` */
  readonly apply?: typeof apply;
}

/**
 * Locks, logs and sessions of this server. Requests are proposed to the log, and answered when they are folded and
 * durable.
 *
 * @example
 * ```ts
 * import { CoordService } from "./service.ts";
 * import { SqliteLog } from "./sqlite_log.ts";
 *
 * const log = SqliteLog.open({ path: ":memory:", onFailure: (error) => console.error(error.message) });
 * if (!log.ok) throw new Error(log.error.message);
 * const service = new CoordService({ log: log.value });
 * await service.request({ type: "open", client: "a" });
 * const reply = await service.request({ type: "acquire", client: "a", seq: 0, lock: "files", ttlMs: 2000 });
 * console.log(reply); // { kind: "granted", lock: "files", token: 2, ttlMs: 2000 }
 * service.close();
 * ```
 */
export class CoordService {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #apply: typeof apply;
  readonly #leases: Leases;
  readonly #waits: Waits;
  readonly #idle: IdleSessions;
  readonly #followers = new Followers();
  readonly #rates = { commands: new Rate(), appends: new Rate(), grants: new Rate() };
  readonly #tickets = new Map<number, Ticket>();
  #state = initialState();
  #folded: { readonly effects: Effects; readonly command: Command; readonly ticket: number }[] = [];
  #lastTicket = 0;
  #isReplaying = true;
  #isDraining = false;
  #isStopping = false;

  constructor(options: CoordServiceOptions) {
    this.#log = options.log;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#apply = options.apply ?? apply;
    const propose = (command: Command) => this.#log.propose({ command, ticket: 0 });
    this.#leases = new Leases(this.#clock, propose);
    this.#waits = new Waits(this.#clock, propose);
    this.#log.start(this.#follower());
    this.#isReplaying = false;
    this.#leases.restart(this.#state);
    this.#waits.restart(this.#state);
    this.#idle = new IdleSessions(this.#clock, () => this.#state, this.#leases, propose);
    const { lockPerLog = false } = options;
    if (this.#state.lockPerLog !== lockPerLog) propose({ type: "configure", lockPerLog });
  }

  /** What is folded and durable. Not to be changed. */
  get state(): Readonly<CoordState> {
    return this.#state;
  }

  /**
   * Sends a command. An acquire that has to wait resolves when the wait ends; a repeat of it resolves at once, with its
   * place in the queue. Where the disk has no room, nothing is done and the number of the request is not used up.
   *
   * @param data The bytes of an append
   */
  request(command: Command, data?: Uint8Array, asker: Asker = "client"): Promise<Reply> {
    if (this.#isStopping) return Promise.resolve({ kind: "stopping" });
    if (takesRoom(this.#state, command) && !this.#log.hasRoom(data?.length ?? 0)) {
      return Promise.resolve({ kind: "full" });
    }
    return new Promise((resolve) => {
      const ticket = ++this.#lastTicket;
      this.#tickets.set(ticket, { resolve, asker });
      this.#log.propose({ command, data, ticket });
    });
  }

  /** Records of a log. */
  read(log: string, from: number, bounds: ReadBounds): LogRecord[] {
    return this.#log.read(log, from, bounds);
  }

  /** Bytes of a log from `offset` on, at most so many; none at its end. */
  readBytes(log: string, offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let filled = 0;
    if (offset >= (this.#state.logs.get(log)?.bytes ?? 0)) return bytes.subarray(0, 0);
    const from = this.#log.indexAt(log, offset);
    for (const record of this.#log.read(log, from, { records: MAX_RECORDS_READ, bytes: length })) {
      const piece = record.data.subarray(Math.max(0, offset - record.offset)).subarray(
        0,
        length - filled,
      );
      bytes.set(piece, filled);
      filled += piece.length;
    }
    return bytes.subarray(0, filled);
  }

  /** Resolves to true when a log has a record of this index, and to false when the server stops or `signal` aborts. */
  async appended(log: string, index: number, signal: AbortSignal): Promise<boolean> {
    while (!this.#isDraining && !signal.aborted) {
      if ((this.#state.logs.get(log)?.records ?? 0) > index) return true;
      if (!await this.#followers.wait(log, signal)) return false;
    }
    return false;
  }

  /** The lock that guards a log; undefined if there is no such log. */
  guardOf(log: string): string | undefined {
    const found = this.#state.logs.get(log);
    return found && guardOf(this.#state, log, found);
  }

  /**
   * Milliseconds left of a lock's lease; undefined if nobody holds it.
   *
   * @param token Of the grant that is meant. @default whichever there is
   */
  leaseLeftMs(lock: string, token?: number): number | undefined {
    const isMeant = token === undefined || this.#state.locks.get(lock)?.token === token;
    return isMeant ? this.#leases.leftMs(lock) : undefined;
  }

  /** Ends the session of a client that is gone; also while the server stops. */
  abandon(client: string): void {
    this.#log.propose({ command: { type: "close", client }, ticket: 0 });
  }

  /** What is worth showing: how many there are of everything, and how often things happen. */
  stats(): Record<string, unknown> {
    const { position, locks, logs, sessions } = this.#state;
    const nowMs = this.#clock.monotonicMs();
    const { commands, appends, grants } = this.#rates;
    return {
      position,
      sessions: sessions.size,
      waiters: [...locks.values()].reduce((sum, { queue }) => sum + queue.length, 0),
      followers: this.#followers.count,
      commands_per_second: commands.perSecond(nowMs),
      appends_per_second: appends.perSecond(nowMs),
      grants_per_second: grants.perSecond(nowMs),
      locks: [...locks].map(([name, lock]) => this.#lockStats(name, lock)),
      logs: [...logs].filter(([, { records }]) => records > 0)
        .map(([name, { records, bytes }]) => ({ name, length: records, bytes })),
    };
  }

  /**
   * Begins to stop: clients that wait for a lock are answered "stopping" and keep their places, and what follows a log ends.
   * All else goes on, and so do the runs that wait.
   */
  drain(): void {
    this.#isDraining = true;
    this.#followers.stop();
    this.#waits.dismissClients();
  }

  /** Answers all that waits with "stopping". What was proposed is still committed. */
  stop(): void {
    this.drain();
    this.#isStopping = true;
    this.#waits.stop();
    this.#leases.stop();
    this.#idle.stop();
  }

  /** Stops, and closes the log. */
  close(): void {
    this.stop();
    this.#log.close();
    for (const { resolve } of this.#tickets.values()) resolve({ kind: "stopping" });
    this.#tickets.clear();
  }

  #lockStats(name: string, { holder, token, queue }: LockState) {
    return {
      name,
      holder,
      token,
      waiters: queue.length,
      lease_left_ms: this.#leases.leftMs(name),
    };
  }

  #follower(): LogFollower {
    return {
      restore: (snapshot) => void (this.#state = decodeState(snapshot)),
      onCommit: (position, command, ticket) => this.#fold(position, command, ticket),
      onDurable: () => this.#settle(),
      snapshot: () => encodeState(this.#state),
    };
  }

  #fold(position: number, command: Command, ticket: number): RecordPlace | undefined {
    const effects = this.#apply(this.#state, command, position);
    if (!this.#isReplaying) this.#folded.push({ effects, command, ticket });
    return effects.record;
  }

  /** Everything folded is durable: answers go out, and time begins to count. */
  #settle(): void {
    const folded = this.#folded;
    this.#folded = [];
    const nowMs = this.#clock.monotonicMs();
    for (const { effects, command, ticket } of folded) {
      this.#rates.commands.count(nowMs);
      if (!this.#isStopping) this.#measure(effects.locks);
      this.#answer(effects.answer, command, ticket);
      for (const settled of effects.settled) this.#waits.end(settled);
      if (effects.answer.kind === "granted") this.#rates.grants.count(nowMs);
      for (const { answer } of effects.settled) {
        if (answer.kind === "granted") this.#rates.grants.count(nowMs);
      }
      if (effects.record !== undefined) {
        this.#rates.appends.count(nowMs);
        this.#followers.wake(effects.record.log);
      }
    }
  }

  #measure(locks: readonly string[]): void {
    for (const name of locks) this.#leases.update(name, this.#state.locks.get(name));
  }

  #answer(answer: Answer, command: Command, ticket: number): void {
    const asked = this.#tickets.get(ticket);
    if (asked !== undefined) this.#tickets.delete(ticket);
    if (answer.kind !== "waiting") return asked?.resolve(answer);
    const isDismissed = this.#isStopping || (this.#isDraining && asked?.asker === "client");
    const begins = !answer.isRepeat && command.type === "acquire";
    if (isDismissed) asked?.resolve({ kind: "stopping" });
    else if (!begins) asked?.resolve(answer);
    if (begins && !this.#isStopping) this.#waits.begin(command, isDismissed ? undefined : asked);
  }
}

interface Ticket {
  readonly resolve: (reply: Reply) => void;
  readonly asker: Asker;
}
