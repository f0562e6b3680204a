import { CoordClient } from "../../runtime/coord/client/coord_client.ts";
import { startSkerry } from "../support/command_line.ts";
import { eventually } from "../support/eventually.ts";
import { valueOf } from "../support/results.ts";
import type { Runtime } from "../support/server.ts";

/**
 * Has `skerry` wait for the lock `files`, which another client holds, and sends it a signal. Resolves to its exit code and
 * to how many wait once it has ended.
 */
export async function interruptWait(
  url: string,
  args: readonly string[],
  signal: Deno.Signal,
  runtime?: Runtime,
): Promise<{ readonly code: number; readonly waiting: number }> {
  const queueLength = async () => {
    const lock = await (await fetch(`${url}/_/locks/files`)).json();
    return lock.queue.length as number;
  };
  const holder = valueOf(await CoordClient.init({ url }));
  valueOf(await holder.lockAcquire("files", { ttlMs: 60_000 }));
  await using skerry = startSkerry(args, { runtime, env: { SKERRY_URL: url } });
  await eventually(queueLength, (length) => length === 1);
  skerry.kill(signal);
  const code = await skerry.code;
  const waiting = await queueLength();
  await holder.close();
  return { code, waiting };
}
