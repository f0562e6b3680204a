/** How long from source text to a URL? */
import { temporaryFolder } from "../tests/support/folder.ts";
import { LANGUAGE_SAMPLES, type LanguageSample } from "../tests/samples/languages.ts";
import { answerOf, deploy } from "../tests/support/deploy.ts";
import { startServer } from "../tests/support/server.ts";
import { expectAnswer, median } from "./support/measure.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  /** Deployments after the first of a language, a round. */
  readonly next: number;
  readonly languages: readonly string[] | undefined;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 3, next: 5, languages: undefined },
  quick: { rounds: 1, next: 3, languages: undefined },
  tiny: { rounds: 1, next: 1, languages: ["c", "html"] },
};

/** Milliseconds after which a deployment counts as slow: the first of a language, and the next ones. */
const LIMITS: Readonly<Record<string, readonly [first: number | undefined, next: number]>> = {
  c: [2500, 400],
  js: [undefined, 500],
};

export const build: Bench = {
  name: "build",
  question: "How long from source text to a URL?",
  run: async (size) => {
    const { rounds, next, languages } = EFFORTS[size];
    const samples = LANGUAGE_SAMPLES.filter(({ language }) =>
      languages?.includes(language) ?? true
    );
    const values = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const sample of samples) {
        const [first, ...others] = await deployTimes(sample, 1 + next);
        const add = (label: string, more: readonly number[]) =>
          values.set(label, [...values.get(label) ?? [], ...more]);
        add(firstLabel(sample.language), [first!]);
        add(nextLabel(sample.language), [median(others)]);
      }
    }
    return report(values);
  },
};

function firstLabel(language: string): string {
  return `${language}: first`;
}

function nextLabel(language: string): string {
  return `${language}: next`;
}

/** On a server of its own, milliseconds from the request to the answer of each deployment; then all are called. */
async function deployTimes({ language, source, answer }: LanguageSample, count: number) {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  const names = Array.from({ length: count }, (_, index) => `f${index}`);
  const times: number[] = [];
  for (const name of names) {
    const startMs = performance.now();
    const { status, body } = await deploy(server.url, name, source, { lang: language });
    times.push(performance.now() - startMs);
    if (status !== 200) throw new Error(`Cannot deploy ${language}: ${JSON.stringify(body)}`);
  }
  for (const name of names) {
    expectAnswer(language, await answerOf(`${server.url}/${name}?name=Ada`), `200 ${answer}`);
  }
  return times;
}

function report(values: ReadonlyMap<string, readonly number[]>): Report {
  const rows = [...values].map(([label, values]): Row => ({ label, unit: "ms", values }));
  const target = ({ label, values }: Row): Target[] => {
    const [language, which] = label.split(": ");
    const limit = LIMITS[language!]?.[which === "first" ? 0 : 1];
    const rest = { unit: "ms", bound: "at most" } as const;
    return limit === undefined ? [] : [{ claim: label, value: median(values), limit, ...rest }];
  };
  return {
    rows,
    targets: rows.flatMap(target),
    notes: [
      "Milliseconds of `POST /deploy` over HTTP; every function is called afterwards and its answer checked.",
      "The first deployment of a server loads the toolchain, and Go's compiles its library; the next ones differ in name, " +
      "so that the cache of built output does not answer them.",
      "C++ without <iostream>, which takes clang several seconds more.",
    ],
  };
}
