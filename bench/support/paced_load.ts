/**
 * Calls a URL at a constant pace, in a process of its own, and fails unless every answer has status 200. It sends what is due
 * whenever a timer wakes it, and so leaves the processors to what is measured.
 *
 *     deno run --allow-net bench/support/paced_load.ts URL PER_SECOND SECONDS
 */
import { wireRequest } from "./http_client.ts";
import { runPaced } from "./load.ts";

const [url, perSecond, seconds] = Deno.args;

await runPaced({
  request: wireRequest(url!),
  perSecond: Number(perSecond),
  seconds: Number(seconds),
  check: ({ status }) => {
    if (status !== 200) throw new Error(`Cannot load ${url}: found ${status}`);
  },
});
