import { assert, assertEquals } from "@std/assert";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PlainHost } from "../fuel/host.ts";
import { PROGRAMS } from "../guests/programs.ts";
import { RESPONSES } from "../guests/responses.ts";
import { STATE } from "../guests/state.ts";
import { TRAPS } from "../guests/traps.ts";
import { compareRuns, type Tally } from "./compare.ts";
import type { TestHost } from "./observe.ts";

const RUNS = 3;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENOSYS = 52;

/** The plain host as these tests want it; calls that it does not know are not implemented. */
class ProgramHost implements TestHost {
  readonly #plain = new PlainHost();

  get log(): string[] {
    return this.#plain.output.map((bytes) => new TextDecoder("latin1").decode(bytes));
  }

  imports(module: WebAssembly.Module): WebAssembly.Imports {
    const known = this.#plain.imports as Record<string, Record<string, WebAssembly.ImportValue>>;
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      (imports[from] ??= {})[name] = known[from]?.[name] ?? (() => ENOSYS);
    }
    return imports;
  }

  begin(): void {
    this.#plain.restart();
    this.#plain.memory = undefined;
  }

  attach(exports: WebAssembly.Exports): void {
    this.#plain.memory = exports.memory as WebAssembly.Memory;
  }
}

async function compareAll(
  modules: AsyncIterable<[name: string, bytes: Uint8Array<ArrayBuffer>]>,
): Promise<Tally> {
  const tally: Tally = { modules: 0, recycledRuns: 0, returns: 0, throws: 0 };
  for await (const [context, bytes] of modules) {
    compareRuns(bytes, () => new ProgramHost(), { context, runs: RUNS, tally });
  }
  return tally;
}

async function* modulesIn(
  folder: string,
): AsyncGenerator<[string, Uint8Array<ArrayBuffer>]> {
  for (const name of (await readdir(join(ROOT, folder), { recursive: true })).sort()) {
    if (!name.endsWith(".wasm")) continue;
    yield [`${folder}/${name}`, new Uint8Array(await readFile(join(ROOT, folder, name)))];
  }
}

/** The guests that end by themselves, and within what memory there is. */
async function* guestModules(): AsyncGenerator<[string, Uint8Array<ArrayBuffer>]> {
  for (const [name, build] of Object.entries({ ...PROGRAMS, ...RESPONSES, ...STATE, ...TRAPS })) {
    if (!/bomb/i.test(name)) yield [name, await build()];
  }
}

Deno.test("the samples run the same before and after, and when recycled", async () => {
  const tally = await compareAll(modulesIn("functions"));
  assertEquals(tally, { modules: 6, recycledRuns: 12, returns: 6, throws: 0 });
});

Deno.test("the benchmark programs run the same before and after, and when recycled", async () => {
  const tally = await compareAll(modulesIn("bench/programs"));
  // One grows its memory, after which it cannot be recycled.
  assertEquals(tally, { modules: 8, recycledRuns: 14, returns: 8, throws: 0 });
});

Deno.test("the guests run the same before and after, and when recycled", async () => {
  const tally = await compareAll(guestModules());
  assert(tally.modules > 50 && tally.recycledRuns > 100, JSON.stringify(tally));
});
