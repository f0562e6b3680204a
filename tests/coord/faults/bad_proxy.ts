/** A proxy that does to requests what networks do. */

/** What became of requests, by what was done to them. */
export type Misdeed = "passed" | "doubled" | "delayed" | "dropped" | "answer dropped";

export interface BadProxy extends AsyncDisposable {
  readonly url: string;
  /** How often each was done. */
  readonly counts: Readonly<Record<Misdeed, number>>;
}

/** Longer than a client waits for an answer, so that requests overtake each other, and arrive when they are answered. */
const MAX_DELAY_MS = 150;

/** Starts a proxy before the server at this address. */
export function startBadProxy(target: string, random: () => number): BadProxy {
  const counts = { passed: 0, doubled: 0, delayed: 0, dropped: 0, "answer dropped": 0 };
  const closing = Promise.withResolvers<void>();
  const late: Promise<unknown>[] = [];
  const forward = async (request: Request, body: Uint8Array<ArrayBuffer>) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const answer = await fetch(target + pathname + search, { method, headers, body });
    const { status } = answer;
    return new Response(await answer.bytes(), { status, headers: answer.headers });
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.bytes();
      const misdeed = choose(random());
      counts[misdeed]++;
      switch (misdeed) {
        case "doubled": {
          const [first] = await Promise.all([forward(request, body), forward(request, body)]);
          return first;
        }
        case "delayed":
          await pause(random() * MAX_DELAY_MS);
          break;
        case "dropped":
          return await silence(request, closing.promise);
        case "answer dropped":
          late.push(forward(request, body));
          return await silence(request, closing.promise);
      }
      return await forward(request, body);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    counts,
    async [Symbol.asyncDispose]() {
      closing.resolve();
      await Promise.all(late);
      await server.shutdown();
    },
  };
}

function choose(luck: number): Misdeed {
  if (luck < 0.6) return "passed";
  if (luck < 0.7) return "doubled";
  if (luck < 0.85) return "delayed";
  return luck < 0.93 ? "dropped" : "answer dropped";
}

/** Does not answer until the client has left or the proxy closes. */
async function silence(request: Request, closing: Promise<void>): Promise<Response> {
  const left = new Promise<void>((resolve) =>
    request.signal.addEventListener("abort", () => resolve())
  );
  await Promise.race([left, closing]);
  return new Response(null, { status: 504 });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
