import { assertEquals, assertThrows } from "@std/assert";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { CONTROL } from "./control.ts";
import type { ToWorker } from "./messages.ts";
import { PooledWorker } from "./pooled_worker.ts";
import { begin, controlOf, newTarget, newTicket, runsOf, turn } from "./testing.ts";
import { EMPTY_MODULE } from "../isolate/testing.ts";
import type { Ticket } from "./ticket.ts";

function setUp() {
  const thread = new FakeThread();
  const worker = new PooledWorker(1, thread);
  const target = newTarget();
  const send = (count: number) => {
    const tickets = Array.from({ length: count }, () => newTicket(target));
    for (const ticket of tickets) worker.send(ticket, 0);
    return tickets;
  };
  const types = () => (thread.posted as ToWorker[]).map(({ type }) => type);
  return { thread, worker, send, types };
}

Deno.test("Jobs of one turn share a message; a job of the next turn has its own", async () => {
  const { worker, send, types, thread } = setUp();
  send(3);
  await turn();
  send(1);
  await turn();
  assertEquals(types(), ["control", "target", "runs", "runs"]);
  assertEquals(runsOf(thread).map(({ sequence }) => sequence), [1, 2, 3, 4]);
  assertEquals(worker.backlogMs, 1);
});

Deno.test("Only the job whose turn it is can be finished", () => {
  const { worker, send } = setUp();
  const [first, second] = send(2) as [Ticket, Ticket];
  assertEquals(worker.finish(second.id, 1), undefined);
  assertEquals(worker.finish(first.id, 1), first);
  assertEquals([second.startedAtMs, worker.backlogMs], [1, 0.25]);
  assertEquals(worker.finish(second.id, 2), second);
  assertEquals(worker.finish(second.id, 2), undefined);
  assertEquals(worker.backlogMs, 0);
});

Deno.test("The running job is the last one begun", async () => {
  const { worker, send, thread } = setUp();
  const tickets = send(3);
  await turn();
  assertEquals(worker.running(), undefined);
  begin(thread, 1);
  assertEquals(worker.running(), tickets[1]);
});

Deno.test("All but the running job are taken back, and the worker is told where to go on", async () => {
  const { worker, send, thread } = setUp();
  const tickets = send(4);
  await turn();
  begin(thread, 1);
  assertEquals(worker.takeBack(), [tickets[0]!, tickets[2]!, tickets[3]!]);
  assertEquals([worker.tickets, worker.running()], [[tickets[1]!], tickets[1]]);
  assertEquals(worker.backlogMs, Infinity);
  assertEquals(Atomics.load(controlOf(thread), CONTROL.nextSequence), CONTROL.halted);
  assertEquals(thread.posted.at(-1), { type: "resume", nextSequence: 5 });
  assertEquals(worker.takeBack(), []);
  worker.finish(tickets[1]!.id, 1);
  assertEquals(worker.backlogMs, 0);
});

Deno.test("A finished run that may have written to a directory is not taken back to run again", async () => {
  const { worker, thread } = setUp();
  const grant = { hostPath: "/srv/data", guestPath: "/data" };
  const targets = [
    { ...newTarget(), mounts: [{ ...grant, isReadOnly: false }] },
    { ...newTarget(), mounts: [{ ...grant, isReadOnly: true }] },
  ];
  const tickets = [0, 1, 0, 0].map((target) => newTicket(targets[target]));
  for (const ticket of tickets) worker.send(ticket, 0);
  await turn();
  begin(thread, 2);
  assertEquals(worker.takeBack(), [tickets[1]!, tickets[3]!]);
  assertEquals(worker.tickets, [tickets[0]!, tickets[2]!]);
});

Deno.test("What is taken back before it was posted is never posted", async () => {
  const { worker, send, thread } = setUp();
  const [running] = send(1);
  await turn();
  begin(thread, 0);
  send(2);
  assertEquals(worker.takeBack().length, 2);
  await turn();
  assertEquals(runsOf(thread).map(({ jobId }) => jobId), [running!.id]);
});

Deno.test("A worker that has not resumed yet has begun nothing of what was sent since", async () => {
  const { worker, send, thread } = setUp();
  const [running] = send(2);
  await turn();
  begin(thread, 0);
  worker.takeBack();
  worker.finish(running!.id, 1);
  send(1);
  await turn();
  assertEquals(worker.running(), undefined);
});

Deno.test("A job whose input cannot be made leaves nothing behind", () => {
  const { worker } = setUp();
  const info = {
    ...EMPTY_MODULE.info,
    imports: [{ module: "wasi_snapshot_preview1", name: "args_get", kind: "function" }],
  } as const;
  const ticket = newTicket({ ...newTarget(), prepared: { ...EMPTY_MODULE, info } });
  const args = () => {
    throw new Error("no arguments");
  };
  const job = { ...ticket.job, input: { ...ticket.job.input, args } };
  assertThrows(() => worker.send({ ...ticket, job }, 0), Error, "no arguments");
  assertEquals([worker.tickets, worker.backlogMs], [[], 0]);
});

Deno.test("A worker is kept told about 512 targets; the oldest makes room, after its runs", async () => {
  const { worker, thread, types } = setUp();
  const targets = Array.from({ length: 513 }, () => newTarget());
  for (const target of targets.slice(0, 512)) worker.send(newTicket(target), 0);
  assertEquals(types().includes("forget"), false);
  worker.send(newTicket(targets[512]), 0);
  await turn();
  assertEquals(types().slice(-4), ["runs", "forget", "target", "runs"]);
  assertEquals((thread.posted.at(-3) as { targetId: number }).targetId, 1);
  worker.send(newTicket(targets[0]), 0);
  assertEquals(types().slice(-2), ["forget", "target"]);
});

Deno.test("Cancelling names the job in shared memory", () => {
  const { worker, thread } = setUp();
  worker.cancel(77);
  assertEquals(Atomics.load(controlOf(thread), CONTROL.cancelledJob), 77);
});
