import { responseBySetting } from "./new_response.ts";
import type { HttpServer, Peer, Platform, ServeOptions } from "./platform.ts";
import { spawnThread } from "./threads.ts";

/** Skerry on Deno. @param entryUrl The program's entry file, which worker threads run too. */
export function denoPlatform(entryUrl: URL): Platform {
  return {
    name: "deno",
    cpuCount: navigator.hardwareConcurrency,
    // No limit on the stack: Deno would make the thread's stack smaller and leave V8's limit as it is, so that
    // endless recursion ended the process (measured with 2.9.6, for any stackSizeMb of 1 to below 2).
    spawnWorker: (role) => spawnThread(entryUrl, role),
    newResponse: responseBySetting,
    serveHttp,
  };
}

function serveHttp({ hostname, port, fetch }: ServeOptions): Promise<HttpServer> {
  const server = Deno.serve({
    hostname,
    port,
    onListen: () => {},
    handler: (request, info) => fetch(request, new DenoPeer(request, info)),
  });
  return Promise.resolve({
    port: server.addr.port,
    async stop(graceMs: number) {
      const { promise: grace, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      // Deno cannot close what is still open; it goes with the process.
      await Promise.race([server.shutdown(), grace]);
      clearTimeout(timer);
    },
  });
}

class DenoPeer implements Peer {
  readonly #info: Deno.ServeHandlerInfo<Deno.NetAddr>;
  readonly #request: Request;

  constructor(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) {
    this.#request = request;
    this.#info = info;
  }

  remoteAddress(): string {
    return this.#info.remoteAddr.hostname;
  }

  /** Making the signal costs, so this is for requests that take long anyway. */
  hasLeft(): boolean {
    return this.#request.signal.aborted;
  }
}
