/** Does the server's memory grow with the requests it has served? */
import { readFile } from "node:fs/promises";
import { GUESTS } from "../tests/guests/guests.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { ask, checkHello, HELLO } from "./support/hello.ts";
import { type Answer, type WireRequest, wireRequest } from "./support/http_client.ts";
import { runClosedLoop } from "./support/load.ts";
import { median } from "./support/measure.ts";
import { settledRssMb } from "./support/rss.ts";
import {
  type Bench,
  relativeTo,
  type Report,
  type Row,
  type Size,
  type Target,
} from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly early: number;
  readonly late: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 3, early: 20_000, late: 200_000 },
  quick: { rounds: 1, early: 20_000, late: 60_000 },
  tiny: { rounds: 1, early: 100, late: 300 },
};

const CONNECTIONS = 32;
const BODY = Uint8Array.from({ length: 4096 }, (_, index) => index % 251);

/** A function to call again and again. */
interface Subject {
  readonly label: string;
  readonly args: readonly string[];
  readonly path: string;
  readonly body?: Uint8Array;
  readonly check: (answer: Answer) => void;
}

const SUBJECTS: readonly Subject[] = [
  { label: "/hello", args: [], path: "/hello", check: checkHello },
  { label: "/hello in the pool", args: ["--no-fast-path"], path: "/hello", check: checkHello },
  { label: "/echo of 4 KiB", args: [], path: "/echo", body: BODY, check: checkEcho },
];

export const memory: Bench = {
  name: "memory",
  question: "Does the server's memory grow with the requests it has served?",
  run: async (size) => {
    const effort = EFFORTS[size];
    await using folder = await temporaryFolder({
      "hello.wasm": await readFile(HELLO),
      "echo.wasm": await GUESTS.echoStdin(),
    });
    const pairs: Row[][] = [];
    for (const subject of SUBJECTS) pairs.push(await measure(subject, folder.path, effort));
    return report(pairs);
  },
};

/** A server of its own for each round: what one has kept must not be hidden by an earlier one. */
async function measure(subject: Subject, folder: string, effort: Effort): Promise<Row[]> {
  const { early, late, rounds } = effort;
  const earlyMb: number[] = [];
  const lateMb: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await using server = await startServer(folder, { args: subject.args });
    const request = wireRequest(server.url + subject.path, subject.body);
    await ask(request, subject.check);
    await sendMany(request, subject, early);
    earlyMb.push(await settledRssMb(server.pid));
    await sendMany(request, subject, late - early);
    lateMb.push(await settledRssMb(server.pid));
  }
  const row = (requests: number, values: number[]): Row => {
    return { label: `${subject.label}, ${requests} requests`, unit: "MB", values };
  };
  const first = row(early, earlyMb);
  return [first, relativeTo(first, row(late, lateMb))];
}

async function sendMany(request: WireRequest, { check }: Subject, count: number): Promise<void> {
  const isDone = (sent: number) => sent >= count;
  await runClosedLoop({ request, connections: CONNECTIONS, check, isDone });
}

/** Looks at the ends only: the first answer's whole body would not be other than the millionth's. */
function checkEcho({ status, body }: Answer): void {
  const last = BODY.length - 1;
  if (status === 200 && body.length === BODY.length && body[last] === BODY[last]) return;
  throw new Error(`Cannot measure echo: found ${status} with ${body.length} bytes`);
}

function report(pairs: readonly Row[][]): Report {
  return {
    rows: pairs.flat(),
    targets: pairs.map(([early, late]): Target => ({
      claim: `${late!.label}, resident set relative to the earlier one`,
      value: median(late!.values) / median(early!.values),
      unit: "times",
      bound: "at most",
      limit: 1.1,
    })),
    notes: [`${CONNECTIONS} connections; the resident set is read when the load has ended.`],
  };
}
