import { responseBySetting } from "./new_response.ts";
import type { HttpServer, Peer, Platform, ServeOptions } from "./platform.ts";
import { spawnThread } from "./threads.ts";

/** Skerry on Deno. @param entryUrl The program's entry file, which worker threads run too. */
export function denoPlatform(entryUrl: URL): Platform {
  return {
    cpuCount: navigator.hardwareConcurrency,
    // No limit on the stack: Deno would make the thread's stack smaller and leave V8's limit as it is, so that
    // endless recursion ended the process (measured with 2.9.6, for any stackSizeMb of 1 to below 2).
    spawnWorker: (role) => spawnThread(entryUrl, role),
    // Deno 2.9.6's watcher opens what it hears of; a FIFO then blocks it, and soon the server's thread.
    hasSafeFolderWatch: false,
    denoProgram: Deno.execPath(),
    newResponse: responseBySetting,
    serveHttp,
  };
}

/** How long to wait before listening again when the system had no more descriptors to give. */
const RELISTEN_MS = 100;

function serveHttp({ hostname, port, fetch }: ServeOptions): Promise<HttpServer> {
  let isStopping = false;
  const listen = (atPort: number) =>
    Deno.serve({
      hostname,
      port: atPort,
      onListen: () => {},
      handler: (request, info) => fetch(request, new DenoPeer(request, info)),
    });
  let server = listen(port);
  const { port: boundPort } = server.addr;
  // Accepting fails for good when descriptors run out; open connections go on, so only listening is lost.
  const keepListening = (): void => {
    server.finished.catch(() => {
      setTimeout(() => {
        if (isStopping) return;
        server = relisten(() => listen(boundPort)) ?? server;
        keepListening();
      }, RELISTEN_MS);
    });
  };
  keepListening();
  return Promise.resolve({
    port: boundPort,
    async stop(graceMs: number) {
      isStopping = true;
      const { promise: grace, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      // Deno cannot close what is still open; it goes with the process.
      await Promise.race([server.shutdown(), grace]);
      clearTimeout(timer);
    },
  });
}

function relisten<T>(listen: () => T): T | undefined {
  try {
    return listen();
  } catch {
    // Still none to be had; what failed before is looked at again, and so is this.
    return undefined;
  }
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
