import { compileModule } from "../../isolate/prepare.ts";
import { Isolate } from "../../isolate/isolate.ts";
import type { Outcome } from "../../isolate/outcome.ts";
import type { PreparedModule } from "../../isolate/prepared_module.ts";
import { secureRandom } from "../../wasi/random.ts";
import { encodeStrings } from "../../wasi/string_block.ts";
import { systemClock } from "../../wasi/system_clock.ts";
import { typescriptLanguage } from "../javascript.ts";
import { loadJavaScriptModule } from "./engine.ts";

const SYSTEM = { clock: systemClock, random: secureRandom };

/** One request to a function, for tests. */
export interface TestRequest {
  readonly environ?: Readonly<Record<string, string>>;
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
  call(request?: TestRequest): TestAnswer;
}

let engine: Promise<PreparedModule> | undefined;

async function prepareEngine(): Promise<PreparedModule> {
  const module = await loadJavaScriptModule({});
  if (!module.ok) throw new Error(module.error.message);
  const compiled = await compileModule(module.value, { memoryPages: 2048 }, SYSTEM);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return { id: 1, ...compiled.value };
}

/** What `code` is refused with. */
export async function refusalOf(code: string, fileName = "main.ts") {
  const built = await typescriptLanguage({}).build({
    fileName,
    bytes: new TextEncoder().encode(code),
  });
  if (built.ok) throw new Error(`Built: ${code}`);
  return built.error;
}

/** Builds a function. */
export async function functionOf(code: string, fileName = "main.ts"): Promise<TestFunction> {
  const source = { fileName, bytes: new TextEncoder().encode(code) };
  const built = await typescriptLanguage({}).build(source);
  if (!built.ok) throw new Error(built.error.message);
  if (built.value.kind !== "module") throw new Error("Not a module");
  const { program, handler } = built.value;
  const isolate = new Isolate(await (engine ??= prepareEngine()), SYSTEM, program);
  return { isolate, call: (request = {}) => call(isolate, handler!, request) };
}

function call(isolate: Isolate, handler: string, request: TestRequest): TestAnswer {
  const environ = Object.entries(request.environ ?? {}).map(([name, value]) => `${name}=${value}`);
  const input = {
    args: () => encodeStrings(["/main"]),
    environ: () => encodeStrings(environ),
    stdin: new TextEncoder().encode(request.body),
  };
  const result = isolate.run(handler, input, {
    fuel: request.fuel ?? 2_000_000_000,
    stdoutBytes: request.stdoutBytes ?? 65536,
    stderrBytes: 65536,
    deadlineMs: Infinity,
    hostCalls: Infinity,
    inlinePages: -1,
  })!;
  const [stdout, stderr] = [result.stdout, result.stderr].map((each) =>
    new TextDecoder().decode(each)
  );
  return { outcome: result.outcome, stdout: stdout!, stderr: stderr! };
}
