/** The latency of one function over HTTP, and how long a server takes to its first answer. */
import { temporaryFolder } from "../../tests/support/folder.ts";
import { startServer } from "../../tests/support/server.ts";
import { HttpConnection, wireRequest } from "./http_client.ts";
import { expectAnswer, percentile } from "./measure.ts";
import type { Report, Size } from "./report.ts";

/** A function and what it answers. */
export interface LatencySubject {
  /** Its file, e.g. `hello.php`. */
  readonly file: string;
  readonly source: string;
  readonly answer: string;
  /** Median that is to be reached, milliseconds. */
  readonly limitMs: number;
}

interface Effort {
  readonly rounds: number;
  readonly requests: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 5, requests: 1000 },
  quick: { rounds: 3, requests: 200 },
  tiny: { rounds: 1, requests: 20 },
};

/** V8 optimises what runs often; that is over before the first round. */
const WARMING_SHARE = 0.5;

/** Measures one request after another on one connection, after a start with nothing built before. */
export async function measureLatency(subject: LatencySubject, size: Size): Promise<Report> {
  const { rounds, requests } = EFFORTS[size];
  await using folder = await temporaryFolder({ [subject.file]: subject.source });
  const startMs = performance.now();
  await using server = await startServer(folder.path);
  const request = wireRequest(`${server.url}/${subject.file.replace(/\.[^.]+$/, "")}`);
  using connection = await HttpConnection.open(request.url);
  const ask = async () => {
    const sentMs = performance.now();
    const { status, body } = await connection.send(request);
    const tookMs = performance.now() - sentMs;
    const found = `${status} ${new TextDecoder().decode(body)}`;
    expectAnswer(subject.file, found, `200 ${subject.answer}`);
    return tookMs;
  };
  await ask();
  const firstMs = performance.now() - startMs;
  for (let i = 0; i < requests * WARMING_SHARE; i++) await ask();
  const p50: number[] = [], p99: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const values: number[] = [];
    for (let i = 0; i < requests; i++) values.push(await ask());
    p50.push(percentile(values, 0.5));
    p99.push(percentile(values, 0.99));
  }
  const claim = `${subject.file}: p50 over HTTP`;
  return {
    rows: [
      { label: claim, unit: "ms", values: p50 },
      { label: `${subject.file}: p99 over HTTP`, unit: "ms", values: p99 },
      { label: `${subject.file}: start, build and first answer`, unit: "ms", values: [firstMs] },
    ],
    targets: [{
      claim,
      value: percentile(p50, 0.5),
      unit: "ms",
      bound: "at most",
      limit: subject.limitMs,
    }],
    notes: [],
  };
}
