import { assertEquals } from "@std/assert";
import { Admission } from "./admission.ts";
import type { RunTarget, Scheduling } from "./job.ts";
import { newTarget } from "./testing.ts";

const WORKERS = 4;

function targetWith(scheduling: Partial<Scheduling>): RunTarget {
  return {
    ...newTarget(),
    scheduling: { maxConcurrent: Infinity, reservedWorkers: 0, share: 1, ...scheduling },
  };
}

Deno.test("A function without limits may use every worker", () => {
  const admission = new Admission();
  assertEquals(admission.mayRun(newTarget(), 1, WORKERS), true);
});

Deno.test("A function runs no more often at once than it is allowed to", () => {
  const admission = new Admission();
  const target = targetWith({ maxConcurrent: 2 });
  admission.started(target);
  assertEquals(admission.mayRun(target, 3, WORKERS), true);
  admission.started(target);
  assertEquals(admission.mayRun(target, 2, WORKERS), false);
  // Nor behind a job that is about to end.
  assertEquals(admission.mayRun(target, 0, WORKERS), false);
  admission.ended(target);
  assertEquals(admission.mayRun(target, 3, WORKERS), true);
});

Deno.test("Once called, a function finds its reserved workers free", () => {
  const admission = new Admission();
  const reserving = targetWith({ reservedWorkers: 2 });
  assertEquals(admission.mayRun(newTarget(), 1, WORKERS), true);
  admission.started(reserving);
  admission.ended(reserving);
  assertEquals(admission.mayRun(newTarget(), 3, WORKERS), true);
  assertEquals(admission.mayRun(newTarget(), 2, WORKERS), false);
  assertEquals(admission.mayRun(reserving, 2, WORKERS), true);
  admission.started(reserving);
  assertEquals(admission.mayRun(newTarget(), 2, WORKERS), true);
});

Deno.test("While workers are reserved, nobody waits behind a job for one that may be", () => {
  const admission = new Admission();
  assertEquals(admission.mayRun(newTarget(), 0, WORKERS), true);
  admission.started(targetWith({ reservedWorkers: 1 }));
  assertEquals(admission.mayRun(newTarget(), 0, WORKERS), false);
});

Deno.test("One worker is never reserved, whatever functions ask for", () => {
  const admission = new Admission();
  const reserving = targetWith({ reservedWorkers: 100 });
  admission.started(reserving);
  admission.ended(reserving);
  assertEquals(admission.mayRun(newTarget(), 4, WORKERS), true);
  assertEquals(admission.mayRun(newTarget(), 3, WORKERS), false);
});

Deno.test("Nothing is reserved for a version that has been replaced", () => {
  const admission = new Admission();
  const reserving = targetWith({ reservedWorkers: 2 });
  admission.started(reserving);
  admission.ended(reserving);
  admission.forget(reserving);
  assertEquals(admission.mayRun(newTarget(), 1, WORKERS), true);
});
