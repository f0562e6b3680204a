import { initialise } from "../isolate/initialise.ts";
import { compileModule } from "../isolate/prepare.ts";
import type { ThreadPort } from "../platform/platform.ts";
import { systemClock } from "../wasi/system_clock.ts";
import { secureRandom } from "../wasi/random.ts";
import type { CompiledMessage, CompileMessage } from "./compiler.ts";
import type { ToWorker } from "./messages.ts";
import { PoolWorker } from "./worker.ts";

/** What a thread that Skerry started does, by its role. */
export function serveThread(port: ThreadPort): void {
  if (port.role === "pool") {
    const worker = new PoolWorker(port);
    port.onMessage((message) => worker.handle(message as ToWorker));
  } else {
    port.onMessage((message) => void compile(port, message as CompileMessage));
  }
}

async function compile(port: ThreadPort, message: CompileMessage): Promise<void> {
  const { requestId, buffer, options } = message;
  const system = { clock: systemClock, random: secureRandom };
  const compiled = await compileModule(new Uint8Array(buffer), options, system);
  const result = compiled.ok ? initialise(compiled.value, system) : compiled;
  const answer: CompiledMessage = { requestId, result };
  port.post(answer, []);
}
