import type { RunTarget } from "./job.ts";
import type { Ticket } from "./ticket.ts";

/** What a job of unknown length is taken to cost until it has run, milliseconds. */
const UNKNOWN_COST_MS = 1;

/** The waiting jobs of one function. */
interface Backlog {
  readonly target: RunTarget;
  readonly tickets: Ticket[];
  /** The virtual time at which its next job may begin: what it has used, divided by its share. */
  startMs: number;
}

/**
 * Waiting jobs, in turn between functions by what each has used and not by what it asks for: start-time fair
 * queueing (Goyal, Vin and Cheng, 1996). Within a function they keep their order. A function that has
 * not waited for a while begins at the present virtual time, so nobody saves up.
 */
export class FairQueue {
  readonly #backlogs = new Map<RunTarget, Backlog>();
  /** Where the virtual time of a function without waiting jobs stands. */
  readonly #endMs = new WeakMap<RunTarget, number>();
  #nowMs = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds a job behind those of its function. */
  push(ticket: Ticket): void {
    this.#backlogOf(ticket.job.target).tickets.push(ticket);
    this.#length++;
  }

  /** Puts jobs back that were taken too early, before those of their functions. */
  putBack(tickets: readonly Ticket[]): void {
    for (const ticket of tickets.toReversed()) {
      const backlog = this.#backlogOf(ticket.job.target);
      backlog.tickets.unshift(ticket);
      backlog.startMs -= costOf(ticket);
      this.#length++;
    }
  }

  /** Takes the job whose turn it is, of the functions that may run; undefined if there is none. */
  take(mayRun: (target: RunTarget) => boolean): Ticket | undefined {
    let next: Backlog | undefined;
    for (const backlog of this.#backlogs.values()) {
      if (next !== undefined && backlog.startMs >= next.startMs) continue;
      if (mayRun(backlog.target)) next = backlog;
    }
    if (next === undefined) return undefined;
    this.#nowMs = Math.max(this.#nowMs, next.startMs);
    const ticket = next.tickets.shift()!;
    this.#length--;
    next.startMs += costOf(ticket);
    if (next.tickets.length === 0) this.#retire(next);
    return ticket;
  }

  /** Corrects what a function has used, once it is known how long a job of it ran. */
  charge({ job, expectedMs }: Ticket, runMs: number): void {
    const { target } = job;
    const differenceMs = (runMs - chargedMs(expectedMs)) / shareOf(target);
    const backlog = this.#backlogs.get(target);
    if (backlog !== undefined) {
      backlog.startMs += differenceMs;
      return;
    }
    const endMs = this.#endMs.get(target);
    if (endMs !== undefined) this.#endMs.set(target, endMs + differenceMs);
  }

  /**
   * Makes room for a job of this function: takes out the last job of whoever has most waiting. Undefined if
   * that is the function itself, which then has to go without.
   */
  makeRoomFor(target: RunTarget): Ticket | undefined {
    let longest: Backlog | undefined;
    for (const backlog of this.#backlogs.values()) {
      if (backlog.tickets.length > (longest?.tickets.length ?? 0)) longest = backlog;
    }
    const own = this.#backlogs.get(target)?.tickets.length ?? 0;
    if (longest === undefined || longest.tickets.length <= own + 1) return undefined;
    this.#length--;
    return longest.tickets.pop();
  }

  /** When the job that has waited longest began to wait; undefined if none waits. */
  get oldestAtMs(): number | undefined {
    let oldestAtMs: number | undefined;
    for (const { tickets } of this.#backlogs.values()) {
      const { queuedAtMs } = tickets[0]!;
      if (oldestAtMs === undefined || queuedAtMs < oldestAtMs) oldestAtMs = queuedAtMs;
    }
    return oldestAtMs;
  }

  /** Takes out every job for which this holds. */
  removeIf(isUnwanted: (ticket: Ticket) => boolean): Ticket[] {
    const removed: Ticket[] = [];
    for (const backlog of [...this.#backlogs.values()]) {
      const { tickets } = backlog;
      const kept = tickets.filter((ticket) => {
        if (!isUnwanted(ticket)) return true;
        removed.push(ticket);
        return false;
      });
      if (kept.length === tickets.length) continue;
      tickets.splice(0, tickets.length, ...kept);
      if (kept.length === 0) this.#retire(backlog);
    }
    this.#length -= removed.length;
    return removed;
  }

  #backlogOf(target: RunTarget): Backlog {
    const known = this.#backlogs.get(target);
    if (known !== undefined) return known;
    const startMs = Math.max(this.#nowMs, this.#endMs.get(target) ?? 0);
    const backlog: Backlog = { target, tickets: [], startMs };
    this.#backlogs.set(target, backlog);
    return backlog;
  }

  #retire({ target, startMs }: Backlog): void {
    this.#backlogs.delete(target);
    this.#endMs.set(target, startMs);
  }
}

function costOf({ job, expectedMs }: Ticket): number {
  return chargedMs(expectedMs) / shareOf(job.target);
}

function chargedMs(expectedMs: number): number {
  return Number.isFinite(expectedMs) ? expectedMs : UNKNOWN_COST_MS;
}

function shareOf({ scheduling }: RunTarget): number {
  return scheduling?.share ?? 1;
}
