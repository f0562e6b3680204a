import { assert, assertEquals, assertMatch } from "@std/assert";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Behaviour, BEHAVIOURS } from "./behaviour.ts";
import { GUESTS } from "./guests/guests.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { ROOT, type Runtime, type ServerProcess, startServer } from "./support/server.ts";

/** The path of a row's function: each row has its own, as the same guest may stand with other limits. */
function pathOf(row: Behaviour): string {
  return `/row${BEHAVIOURS.indexOf(row)}-${row.guest}`;
}

async function writeFunctions(folder: string): Promise<void> {
  await copyFile(join(ROOT, "functions/hello.wasm"), join(folder, "hello.wasm"));
  await Promise.all(BEHAVIOURS.map(async (row) => {
    const file = join(folder, pathOf(row).slice(1));
    if (row.toml !== undefined) await writeFile(`${file}.toml`, row.toml);
    await writeFile(`${file}.wasm`, await GUESTS[row.guest]());
  }));
}

/** Guests that this runtime's V8 does not accept (proposals it does not have yet). */
async function refusedGuests(runtime: Runtime, folder: string): Promise<Set<string>> {
  const files = BEHAVIOURS.map((row) => join(folder, `${pathOf(row).slice(1)}.wasm`));
  const script = join(folder, "_validate.mjs");
  await writeFile(
    script,
    `import { readFileSync } from "node:fs";
     const isValid = (file) => WebAssembly.validate(readFileSync(file));
     console.log(JSON.stringify(${JSON.stringify(files)}.filter((file) => !isValid(file))));`,
  );
  const [program] = runtime.command;
  const args = program === Deno.execPath() ? ["run", "-A", script] : [script];
  const { stdout } = await new Deno.Command(program!, { args }).output();
  return new Set(JSON.parse(new TextDecoder().decode(stdout)));
}

async function check(row: Behaviour, path: string, server: ServerProcess): Promise<void> {
  const first = await ask(row, path, server);
  assertEquals(first.status, row.status, `${row.guest} answered: ${first.body}`);
  if (typeof row.answers === "string") assertEquals(first.body, row.answers);
  else if (row.answers !== undefined) assertMatch(first.body, row.answers);
  for (const [name, value] of Object.entries(row.answerHeaders ?? {})) {
    const found = first.headers.get(name);
    if (value instanceof RegExp) assertMatch(found ?? "", value);
    else assertEquals(found, value, `header ${name}`);
  }
  if (row.problem !== undefined) checkProblem(row, first);
  for (let time = 1; time < (row.times ?? 2); time++) {
    const again = await ask(row, path, server);
    assertEquals([again.status, again.shown], [first.status, first.shown], `the ${time + 1}. time`);
  }
}

function checkProblem(row: Behaviour, { headers, body }: { headers: Headers; body: string }): void {
  assertMatch(headers.get("content-type") ?? "", /^application\/problem\+json/);
  const document = JSON.parse(body);
  assertEquals(document.status, row.status);
  assertEquals(document.request_id, headers.get("x-request-id"));
  for (const [name, value] of Object.entries(row.problem!)) {
    assertEquals(document[name], value, `${name} of ${body}`);
  }
  // No stack trace and no path of the machine.
  assert(!/\n\s+at |\/tmp\/|\.ts:\d|\.mjs:\d/.test(body), body);
}

async function ask(row: Behaviour, path: string, server: ServerProcess) {
  const { method, headers, suffix = "" } = row;
  // A function called at the same moment is unharmed.
  const [response, neighbour] = await Promise.all([
    fetch(`${server.url}${path}${suffix}`, {
      method,
      headers,
      body: row.body,
      redirect: "manual",
    }),
    fetch(`${server.url}/hello`),
  ]);
  assertEquals(neighbour.status, 200);
  assertEquals(await neighbour.text(), "Hello from Skerry!\n");
  const body = await response.text();
  // What differs from request to request by design.
  const shown = body.replace(/"request_id":"[^"]*"/, "").replace(/(REMOTE|REQUEST)_.*\n/g, "")
    .replace(/"detail":"[^"]*"|"fuel_used":\d+/g, "");
  return { status: response.status, headers: response.headers, body, shown };
}

Deno.test("Skerry behaves the same from source and bundled, on Deno and on Node", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "skerry-behaviour-"));
  const bundleFolder = await mkdtemp(join(tmpdir(), "skerry-bundle-"));
  try {
    await writeFunctions(folder);
    for (const runtime of await allRuntimes(await buildBundle(bundleFolder))) {
      await t.step(runtime.name, async (t) => {
        const refusedFiles = await refusedGuests(runtime, folder);
        await using server = await startServer(folder, { runtime });
        for (const row of BEHAVIOURS) {
          const isRefused = refusedFiles.has(join(folder, `${pathOf(row).slice(1)}.wasm`));
          // A proposal that this V8 lacks is refused in Skerry's words, not guessed at.
          const wanted: Behaviour = isRefused
            ? {
              ...row,
              status: 422,
              problem: { code: "invalid_module" },
              answers: undefined,
              answerHeaders: {},
            }
            : row;
          await t.step(
            `Skerry ${row.does}${isRefused ? " (refused here)" : ""}`,
            () => check(wanted, pathOf(row), server),
          );
        }
      });
    }
  } finally {
    await Promise.all([folder, bundleFolder].map((each) => rm(each, { recursive: true })));
  }
});
