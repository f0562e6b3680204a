import { type Http2Bindings, type HttpBindings, serve } from "@hono/node-server";
import type { Server } from "node:http";
import { availableParallelism } from "node:os";
import process from "node:process";
import { responseFromRecord } from "./new_response.ts";
import type { HttpServer, Platform, ServeOptions } from "./platform.ts";
import { spawnThread } from "./threads.ts";

/**
 * V8's stack limit of worker threads, MiB. Node gives workers four times the main thread's stack; with
 * this, recursion ends at about the same depth on every path.
 */
const STACK_SIZE_MB = 1.2;

/** Skerry on Node 22 and later. @param entryUrl The program's entry file, which worker threads run too. */
export function nodePlatform(entryUrl: URL): Platform {
  return {
    cpuCount: availableParallelism(),
    spawnWorker: (role) => spawnThread(entryUrl, role, { stackSizeMb: STACK_SIZE_MB }),
    hasSafeFolderWatch: true,
    denoProgram: process.env.SKERRY_DENO || "deno",
    newResponse: responseFromRecord,
    serveHttp,
  };
}

function serveHttp({ hostname, port, fetch }: ServeOptions): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve({
      hostname,
      port,
      fetch: (request: Request, env: HttpBindings | Http2Bindings) =>
        fetch(request, {
          remoteAddress: () => env.incoming.socket.remoteAddress ?? "",
          hasLeft: () => env.incoming.socket.destroyed,
        }),
    }, (address) => resolve({ port: address.port, stop: (graceMs) => stop(server, graceMs) }));
    server.once("error", reject);
  });
}

function stop(server: ReturnType<typeof serve>, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => (server as Server).closeAllConnections(), graceMs);
  server.close(() => {
    clearTimeout(timer);
    resolve();
  });
  (server as Server).closeIdleConnections();
  return promise;
}
