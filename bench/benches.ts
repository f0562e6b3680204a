/** All benchmarks, in the order they run in. */
import { coord } from "./coord.ts";
import { build } from "./build.ts";
import { burst } from "./burst.ts";
import { crowd } from "./crowd.ts";
import { dashboard } from "./dashboard.ts";
import { files } from "./files.ts";
import { functions } from "./functions.ts";
import { http } from "./http.ts";
import { instances } from "./instances.ts";
import { js } from "./js.ts";
import { memory } from "./memory.ts";
import { metering } from "./metering.ts";
import { metrics } from "./metrics.ts";
import { native } from "./native.ts";
import { neighbour } from "./neighbour.ts";
import { pace } from "./pace.ts";
import { php } from "./php.ts";
import { python } from "./python.ts";
import { rewrite } from "./rewrite.ts";
import { start } from "./start.ts";
import type { Bench } from "./support/report.ts";

export const BENCHES: readonly Bench[] = [
  instances,
  metering,
  rewrite,
  files,
  start,
  functions,
  http,
  build,
  neighbour,
  crowd,
  burst,
  metrics,
  memory,
  coord,
  native,
  js,
  pace,
  php,
  python,
  dashboard,
];
