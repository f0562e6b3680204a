/** Built functions that answer requests, for the tests of the languages that run on an engine. */
import type { SkerryError } from "../errors.ts";
import { Isolate } from "../isolate/isolate.ts";
import type { Outcome, RunResult } from "../isolate/outcome.ts";
import { compileModule } from "../isolate/prepare.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import { secureRandom } from "../wasi/random.ts";
import { encodeStrings } from "../wasi/string_block.ts";
import { systemClock } from "../wasi/system_clock.ts";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import type { ModuleArtifact } from "./artifact.ts";
import type { Language } from "./language.ts";
import type { loadEngine } from "./engines.ts";

const SYSTEM = { clock: systemClock, random: secureRandom };

const BOUNDLESS = {
  stderrBytes: 65536,
  deadlineMs: Infinity,
  hostCalls: Infinity,
  inlinePages: -1,
};

/** One request to a function. */
export interface TestRequest {
  readonly environ?: Readonly<Record<string, string>>;
  /** After the function's own name. @default none */
  readonly args?: readonly string[];
  readonly body?: string;
  /** @default 2_000_000_000 */
  readonly fuel?: number;
  /** @default 64 KiB */
  readonly stdoutBytes?: number;
}

/** How it ended and what it wrote. */
export interface TestAnswer {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

/** A built function that answers requests; `isolate` counts its instances. */
export interface TestFunction {
  readonly isolate: Isolate;
  readonly artifact: ModuleArtifact;
  call(request?: TestRequest): TestAnswer;
  /** The same, with all that is known of the run. */
  run(request?: TestRequest): RunResult;
}

/** A language and the engine that its functions run on. */
export interface EngineLanguage {
  readonly language: Language;
  readonly load: (places: Parameters<typeof loadEngine>[1]) => ReturnType<typeof loadEngine>;
  /** What sources are called unless a test says otherwise. */
  readonly fileName: string;
}

/** Builds functions of one language and calls them; the engine is prepared once. */
export class EngineScene {
  readonly #options: EngineLanguage;
  #engine: Promise<PreparedModule> | undefined;

  constructor(options: EngineLanguage) {
    this.#options = options;
  }

  /** What `code` is refused with. */
  async refusalOf(code: string, fileName?: string): Promise<SkerryError> {
    return errorOf(await this.#build(code, fileName));
  }

  /** Builds a function. */
  async functionOf(code: string, fileName?: string): Promise<TestFunction> {
    const artifact = valueOf(await this.#build(code, fileName));
    if (artifact.kind !== "module") throw new Error("Not a module");
    const engine = await (this.#engine ??= this.#prepare());
    const isolate = new Isolate(engine, SYSTEM, artifact.program);
    const { handler = "_start" } = artifact;
    const run = (request: TestRequest = {}) => this.#run(isolate, handler, request);
    return { isolate, artifact, run, call: (request) => answerOf(run(request)) };
  }

  #build(code: string, fileName = this.#options.fileName) {
    return this.#options.language.build({ fileName, bytes: new TextEncoder().encode(code) });
  }

  async #prepare(): Promise<PreparedModule> {
    const module = valueOf(await this.#options.load({}));
    const compiled = await compileModule(module, { memoryPages: 2048 }, SYSTEM);
    return { id: 1, ...valueOf(compiled) };
  }

  #run(isolate: Isolate, handler: string, request: TestRequest): RunResult {
    const { environ = {}, args = [], body, fuel = 2_000_000_000, stdoutBytes = 65536 } = request;
    const variables = Object.entries(environ).map((pair) => pair.join("="));
    const [name] = this.#options.fileName.split(".");
    return isolate.run(handler, {
      args: () => encodeStrings([`/${name}`, ...args]),
      environ: () => encodeStrings(variables),
      stdin: new TextEncoder().encode(body),
    }, { ...BOUNDLESS, fuel, stdoutBytes })!;
  }
}

function answerOf({ outcome, stdout, stderr }: RunResult): TestAnswer {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { outcome, stdout: decode(stdout), stderr: decode(stderr) };
}
