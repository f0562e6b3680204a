/** How fast does a Python function answer? */
import { measureLatency } from "./support/latency.ts";
import type { Bench } from "./support/report.ts";

export const python: Bench = {
  name: "python",
  question: "How fast does a Python function answer?",
  run: (size) =>
    measureLatency({
      file: "hello.py",
      source: `def handler(request):\n    return "Hello " + request.query.get("name", "nobody")\n`,
      answer: "Hello nobody",
      limitMs: 80,
    }, size),
};
