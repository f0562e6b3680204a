import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FairQueue } from "./fair_queue.ts";
import type { RunTarget, Scheduling } from "./job.ts";
import { newTarget, newTicket } from "./testing.ts";
import type { Ticket } from "./ticket.ts";

const ANY = () => true;
function ticketOf(target: RunTarget, expectedMs = 1, queuedAtMs = 0): Ticket {
  return newTicket(target, expectedMs, queuedAtMs);
}

function targetWith(scheduling: Partial<Scheduling>): RunTarget {
  return {
    ...newTarget(),
    scheduling: { maxConcurrent: Infinity, reservedWorkers: 0, share: 1, ...scheduling },
  };
}

/** Takes so many jobs, and says whose they were. */
function order(queue: FairQueue, count: number, names: Map<RunTarget, string>): string {
  return Array.from({ length: count }, () => {
    const ticket = queue.take(ANY);
    return ticket === undefined ? "-" : names.get(ticket.job.target);
  }).join("");
}

function twoFunctions(a = newTarget(), b = newTarget()) {
  return { queue: new FairQueue(), a, b, names: new Map([[a, "a"], [b, "b"]]) };
}

Deno.test("The jobs of one function are taken in the order they came", () => {
  const { queue, a } = twoFunctions();
  const tickets = [1, 2, 3].map(() => ticketOf(a));
  for (const ticket of tickets) queue.push(ticket);
  assertEquals(tickets.map(() => queue.take(ANY)), tickets);
  assertEquals(queue.take(ANY), undefined);
});

Deno.test("A function with one job waits for one of another's, however many of those there are", () => {
  const { queue, a, b, names } = twoFunctions();
  for (let i = 0; i < 100; i++) queue.push(ticketOf(a));
  queue.push(ticketOf(b));
  assertEquals(order(queue, 3, names), "aba");
});

Deno.test("Turns go by what jobs cost, not by their number", () => {
  const { queue, a, b, names } = twoFunctions();
  for (let i = 0; i < 8; i++) {
    queue.push(ticketOf(a, 3));
    queue.push(ticketOf(b, 1));
  }
  assertEquals(order(queue, 8, names), "abbbabbb");
});

Deno.test("A share of two gives twice as many turns", () => {
  const { queue, a, b, names } = twoFunctions(newTarget(), targetWith({ share: 2 }));
  for (let i = 0; i < 8; i++) {
    queue.push(ticketOf(a));
    queue.push(ticketOf(b));
  }
  assertEquals(order(queue, 9, names), "abbabbabb");
});

Deno.test("A job that ran longer than expected costs its function the difference", () => {
  const { queue, a, b, names } = twoFunctions();
  for (let i = 0; i < 6; i++) {
    queue.push(ticketOf(a));
    queue.push(ticketOf(b));
  }
  queue.charge(queue.take(ANY)!, 4);
  assertEquals(order(queue, 5, names), "bbbba");
});

Deno.test("Who has not waited for a while has saved nothing up", () => {
  const { queue, a, b, names } = twoFunctions();
  for (let i = 0; i < 50; i++) queue.push(ticketOf(a));
  order(queue, 40, names);
  for (let i = 0; i < 10; i++) queue.push(ticketOf(b));
  assertEquals(order(queue, 6, names), "bababa");
});

Deno.test("A function that may not run is passed over and keeps its turn", () => {
  const { queue, a, b, names } = twoFunctions();
  queue.push(ticketOf(a));
  queue.push(ticketOf(b));
  assertEquals(names.get(queue.take((target) => target !== a)!.job.target), "b");
  assertEquals(queue.take((target) => target !== a), undefined);
  assertEquals(order(queue, 1, names), "a");
});

Deno.test("What is put back comes first again, and was not paid for", () => {
  const { queue, a, b, names } = twoFunctions();
  for (let i = 0; i < 3; i++) {
    queue.push(ticketOf(a));
    queue.push(ticketOf(b));
  }
  const taken = [queue.take(ANY)!, queue.take(ANY)!, queue.take(ANY)!];
  queue.putBack(taken);
  assertEquals(queue.length, 6);
  assertEquals(order(queue, 6, names), "ababab");
});

Deno.test("A full queue makes room by the last job of whoever has most waiting", () => {
  const { queue, a, b } = twoFunctions();
  const last = [1, 2, 3].map(() => ticketOf(a)).map((each) => (queue.push(each), each)).at(-1);
  assertEquals(queue.makeRoomFor(b), last);
  assertEquals(queue.makeRoomFor(a), undefined);
  queue.push(ticketOf(b));
  assertEquals(queue.makeRoomFor(b), undefined);
  assertEquals(queue.length, 3);
});

Deno.test("The one that has waited longest is known, whoever's it is", () => {
  const { queue, a, b } = twoFunctions();
  assertEquals(queue.oldestAtMs, undefined);
  queue.push(ticketOf(a, 1, 20));
  queue.push(ticketOf(b, 1, 10));
  assertEquals(queue.oldestAtMs, 10);
});

Deno.test("Unwanted jobs are taken out, and the others stay in order", () => {
  const { queue, a, b } = twoFunctions();
  const tickets = [ticketOf(a), ticketOf(b), ticketOf(a)];
  for (const ticket of tickets) queue.push(ticket);
  assertEquals(queue.removeIf(({ job }) => job.target === b), [tickets[1]!]);
  assertEquals([queue.take(ANY), queue.take(ANY), queue.length], [tickets[0], tickets[2], 0]);
});

Deno.test("While several functions wait, none is ahead of another by more than its largest job", () => {
  const costs = fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 30 }), {
    minLength: 2,
    maxLength: 5,
  });
  fc.assert(fc.property(costs, (perFunction) => {
    const queue = new FairQueue();
    const targets = perFunction.map(() => newTarget());
    perFunction.forEach((each, i) => {
      for (const cost of each) queue.push(ticketOf(targets[i]!, cost));
    });
    const used = new Map(targets.map((target) => [target, 0]));
    // Twenty jobs cannot empty anyone's thirty.
    for (let i = 0; i < 20; i++) {
      const { job, expectedMs } = queue.take(ANY)!;
      used.set(job.target, used.get(job.target)! + expectedMs);
    }
    assert(Math.max(...used.values()) - Math.min(...used.values()) <= 9);
  }));
});
