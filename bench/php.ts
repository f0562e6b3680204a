/** How fast does a PHP page answer? */
import { measureLatency } from "./support/latency.ts";
import type { Bench } from "./support/report.ts";

export const php: Bench = {
  name: "php",
  question: "How fast does a PHP page answer?",
  run: (size) =>
    measureLatency({
      file: "hello.php",
      source: `<p><?php echo "Hello ", $_GET["name"] ?? "nobody"; ?></p>\n`,
      answer: "<p>Hello nobody</p>\n",
      limitMs: 10,
    }, size),
};
