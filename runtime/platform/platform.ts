/**
 * What Skerry needs from where it runs. `deno.ts` and `node.ts` are the only files that know which it is;
 * everything else receives this.
 */
export interface Platform {
  /** Logical processors available. */
  readonly cpuCount: number;
  /** Starts a worker thread that runs this program's own entry in the given role. */
  spawnWorker(role: WorkerRole): WorkerThread;
  /** Whether the thread that listens for changes in folders cannot be blocked by what is put there. */
  readonly hasSafeFolderWatch: boolean;
  /** The Deno binary, or the name to look for on the path; native calls need it. */
  readonly denoProgram: string;
  /** The fastest way to make a response for this platform's server. */
  readonly newResponse: NewResponse;
  /** Serves HTTP. Resolves once it accepts connections. */
  serveHttp(options: ServeOptions): Promise<HttpServer>;
}

/** Makes a response. */
export type NewResponse = (
  body: Uint8Array<ArrayBuffer> | null,
  status: number,
  headers: Record<string, string>,
) => Response;

/** Options of {@linkcode Platform.serveHttp}. */
export interface ServeOptions {
  readonly hostname: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>;
}

/** Who is at the other end of a connection. Asked lazily: most requests never need to know. */
export interface Peer {
  remoteAddress(): string;
  /** Whether the client has gone before it was answered. May be a moment late on the first call. */
  hasLeft(): boolean;
}

/** A listening server. */
export interface HttpServer {
  readonly port: number;
  /**
   * Stops accepting, and resolves when running requests have ended or `graceMs` has passed. What then is
   * still open goes with the process.
   */
  stop(graceMs: number): Promise<void>;
}

/** What a worker thread is for. */
export type WorkerRole = "pool" | "compiler" | "builder" | "run" | "watcher" | "alarm";

/** The way out of a worker thread, and the way in. */
export interface ThreadPort {
  readonly role: WorkerRole;
  post(message: unknown, transfer: ArrayBuffer[]): void;
  onMessage(handler: (message: unknown) => void): void;
}

/** A worker thread of this program, as seen from outside. */
export interface WorkerThread {
  post(message: unknown, transfer: ArrayBuffer[]): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Called once if the thread ends or fails for any reason but `terminate`. */
  onExit(handler: (reason: string) => void): void;
  terminate(): void;
}
