import { Isolate } from "../../isolate/isolate.ts";
import type { Outcome } from "../../isolate/outcome.ts";
import { compileModule } from "../../isolate/prepare.ts";
import type { PreparedModule } from "../../isolate/prepared_module.ts";
import { secureRandom } from "../../wasi/random.ts";
import { encodeStrings } from "../../wasi/string_block.ts";
import { systemClock } from "../../wasi/system_clock.ts";
import type { ModuleArtifact } from "../artifact.ts";
import { phpLanguage } from "../php.ts";
import { loadPhpModule } from "./engine.ts";

const SYSTEM = { clock: systemClock, random: secureRandom };

/** One request to a page, for tests. */
export interface TestRequest {
  readonly environ?: Readonly<Record<string, string>>;
  /** After the function's own name. */
  readonly args?: readonly string[];
  readonly body?: string;
  /** @default 2_000_000_000 */
  readonly fuel?: number;
}

/** How it ended and what it wrote. */
export interface TestAnswer {
  readonly outcome: Outcome;
  /** Header lines, sorted. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly stderr: string;
  readonly fuel: number;
}

/** A built page that answers requests; `isolate` counts its instances. */
export interface TestPage {
  readonly isolate: Isolate;
  readonly artifact: ModuleArtifact;
  call(request?: TestRequest): TestAnswer;
}

let engine: Promise<PreparedModule> | undefined;

async function prepareEngine(): Promise<PreparedModule> {
  const module = await loadPhpModule({});
  if (!module.ok) throw new Error(module.error.message);
  const compiled = await compileModule(module.value, { memoryPages: 2048 }, SYSTEM);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return { id: 1, ...compiled.value };
}

function build(code: string, fileName: string) {
  return phpLanguage({}).build({ fileName, bytes: new TextEncoder().encode(code) });
}

/** What `code` is refused with. */
export async function refusalOf(code: string, fileName = "page.php") {
  const built = await build(code, fileName);
  if (built.ok) throw new Error(`Built: ${code}`);
  return built.error;
}

/** Builds a page. */
export async function pageOf(code: string, fileName = "page.php"): Promise<TestPage> {
  const built = await build(code, fileName);
  if (!built.ok) throw new Error(built.error.message);
  if (built.value.kind !== "module") throw new Error("Not a module");
  const isolate = new Isolate(await (engine ??= prepareEngine()), SYSTEM, built.value.program);
  return {
    isolate,
    artifact: built.value,
    call: (request = {}) => call(isolate, request),
  };
}

const CGI = { GATEWAY_INTERFACE: "CGI/1.1", REQUEST_METHOD: "GET", QUERY_STRING: "" };

function call(isolate: Isolate, request: TestRequest): TestAnswer {
  const { environ, args = [], body = "", fuel = 2_000_000_000 } = request;
  const stdin = new TextEncoder().encode(body);
  const variables = { ...CGI, CONTENT_LENGTH: String(stdin.length), ...environ };
  const input = {
    args: () => encodeStrings(["/page", ...args]),
    environ: () => encodeStrings(Object.entries(variables).map((pair) => pair.join("="))),
    stdin,
  };
  const result = isolate.run("_start", input, {
    fuel,
    stdoutBytes: 1024 * 1024,
    stderrBytes: 65536,
    deadlineMs: Infinity,
    hostCalls: Infinity,
    inlinePages: -1,
  })!;
  const stdout = new TextDecoder().decode(result.stdout);
  const headersEnd = stdout.indexOf("\r\n\r\n");
  return {
    outcome: result.outcome,
    headers: stdout.slice(0, Math.max(headersEnd, 0)).split("\r\n").sort(),
    body: headersEnd === -1 ? stdout : stdout.slice(headersEnd + 4),
    stderr: new TextDecoder().decode(result.stderr),
    fuel: result.fuel,
  };
}
