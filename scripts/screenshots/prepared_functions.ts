import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The one of them that is slow, as whoever looks at the dashboard should find out. */
export const SLOW = "/search";

const SAMPLES = join(import.meta.dirname!, "../../functions");

/** What runs while the pictures are taken, by file: several languages, one slow, one that fails now and then. */
export async function preparedFunctions(): Promise<Record<string, string | Uint8Array>> {
  const sample = (name: string) => readFile(join(SAMPLES, name));
  return {
    "hello.wasm": await sample("hello.wasm"),
    "greet/[name].wasm": await sample("greet/[name].wasm"),
    "orders.ts": handler(`return Response.json({ orders: [4, 8, 15], total: 27 });`),
    "search.js": handler(`let found = 0;
    for (let i = 0; i < 100_000; i++) if (String(i).endsWith("77")) found++;
    console.error("searched 100,000 entries, found " + found);
    return Response.json({ found });`),
    "checkout.js": handler(`const [dice] = crypto.getRandomValues(new Uint8Array(1));
    if (dice < 40) throw new Error("The card was declined");
    return new Response("paid\\n");`),
    "thumbnail.wat": COUNTING_WAT,
    "invoice.py": `def handler(request):\n    return {"items": 3, "sum": sum([19, 5, 7])}\n`,
    "guest.php": `<h1>Hello, <?= htmlspecialchars($_GET["name"] ?? "nobody") ?></h1>\n`,
    "about.html": `<!doctype html>\n<title>About</title>\n<h1>About this rock</h1>\n`,
    "health.wasm": await sample("echo.wasm"),
    "health.toml": `methods = ["GET", "POST"]\n`,
    "report.wat": "(module\n  (func (call $missing)))\n",
  };
}

function handler(body: string): string {
  return `export default {\n  fetch(request) {\n    ${body}\n  },\n};\n`;
}

/** Quick, but with much fuel. */
const COUNTING_WAT = `(module
  (memory (export "memory") 1)
  (func (export "_start") (local $i i32)
    (loop $next
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (i32.const 3000000))))))
`;

/** Calls a second of each, as clients would make them. */
export const TRAFFIC: Readonly<Record<string, number>> = {
  "/hello": 40,
  "/greet/Ada": 15,
  "/orders": 12,
  "/search": 1,
  "/checkout": 5,
  "/thumbnail": 3,
  "/invoice": 3,
  "/guest?name=Ada": 2,
  "/about": 5,
  "/health": 3,
};

/** Calls each once, so that all are built and loaded. */
export async function callEach(url: string): Promise<void> {
  for (const path of Object.keys(TRAFFIC)) await (await fetch(url + path)).arrayBuffer();
}

/** Calls the functions until the signal aborts. */
export async function sendTraffic(url: string, signal: AbortSignal): Promise<void> {
  const call = (path: string) =>
    fetch(url + path, { signal }).then((answer) => answer.arrayBuffer()).catch(() => {});
  const timers = Object.entries(TRAFFIC).map(([path, rate]) =>
    setInterval(() => void call(path), 1000 / rate)
  );
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve());
  await promise;
  timers.forEach(clearInterval);
}
