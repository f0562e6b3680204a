import type { Log } from "../../runtime/coord/log.ts";
import type { apply } from "../../runtime/coord/machine.ts";
import { CoordService } from "../../runtime/coord/service.ts";
import { MemoryLog } from "../../runtime/coord/testing.ts";
import { fakeApp, PEER } from "../../runtime/http/testing_fakes.ts";

/** A lock service over HTTP in this process, with a log in memory. */
export interface ServedMachine extends AsyncDisposable {
  readonly url: string;
}

/** Serves a machine, which may be a broken one, over a log, which may be a slow one. */
export function serveMachine(
  options: { readonly apply?: typeof apply; readonly log?: Log } = {},
): ServedMachine {
  const coord = new CoordService({ log: new MemoryLog(), ...options });
  const { app } = fakeApp({ coord });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => app.fetch(request, PEER),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      coord.close();
      await server.shutdown();
    },
  };
}

/** A fetch that sends some requests twice, and says of some that nothing came back. */
export function unreliableFetch(random: () => number): typeof fetch {
  return async (input, init) => {
    const luck = random();
    const answers = [fetch(input, init)];
    if (luck < 0.2) answers.push(fetch(input, init));
    const [first, ...others] = await Promise.all(answers);
    for (const other of others) await other.body?.cancel();
    if (luck < 0.9) return first!;
    await first!.body?.cancel();
    throw new Error("The connection broke");
  };
}
