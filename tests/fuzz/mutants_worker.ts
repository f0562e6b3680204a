/** A thread that makes mutants and judges them, and says every now and then how far it is. */
import { parentPort, workerData } from "node:worker_threads";
import { judge, mutate, random, SAMPLES } from "../../runtime/wasm/testing_mutants.ts";
import { readVectors } from "../fuel/vectors.ts";
import { FAMILIES, type Progress, REPORT_EVERY, type Share } from "./mutants.ts";

const MAX_BYTES = 2000;
/** Spreads neighbouring numbers over all seeds (the golden ratio in 32 bits). */
const SPREAD = 0x9e3779b1;

async function corpus(): Promise<Uint8Array<ArrayBuffer>[]> {
  const modules = [...SAMPLES];
  for (const family of FAMILIES) {
    for (const { wasm } of (await readVectors(family)).programs) {
      const bytes = Uint8Array.from(atob(wasm!), (char) => char.charCodeAt(0));
      if (bytes.length <= MAX_BYTES) modules.push(bytes);
    }
  }
  return modules;
}

// Most mutants are refused by an exception inside the rewriter, and a trace of its stack takes longer than the rest.
Error.stackTraceLimit = 0;

async function run({ first, count, stride }: Share): Promise<void> {
  const modules = await corpus();
  const seen = { taken: 0, invalid: 0, refused: 0 };
  let slowestMs = 0;
  for (let done = 0; done < count; done++) {
    const number = first + done * stride;
    const next = random(Math.imul(number + 1, SPREAD) | 1);
    const mutant = mutate(modules[next(modules.length)]!, next);
    const startMs = performance.now();
    seen[judge(mutant, `mutant ${number}`)]++;
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    if ((done + 1) % REPORT_EVERY === 0 || done + 1 === count) {
      const progress: Progress = { done: done + 1, seen, slowestMs };
      parentPort!.postMessage(progress);
    }
  }
}

await run(workerData as Share);
