import type { Outcome } from "../../isolate/outcome.ts";
import { phpLanguage } from "../php.ts";
import { EngineScene, type TestFunction, type TestRequest } from "../testing.ts";
import { loadPhpModule } from "./engine.ts";

/** PHP functions, for tests. */
export const PHP = new EngineScene({
  language: phpLanguage({}),
  load: loadPhpModule,
  fileName: "page.php",
});

/** What a page answered, as a web server reads it. */
export interface PageAnswer {
  readonly outcome: Outcome;
  /** Header lines, sorted. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly stderr: string;
  readonly fuel: number;
}

/** A built page that answers requests. */
export interface TestPage extends Pick<TestFunction, "isolate" | "artifact"> {
  call(request?: TestRequest): PageAnswer;
}

/** Builds a page. */
export async function pageOf(code: string, fileName?: string): Promise<TestPage> {
  const page = await PHP.functionOf(code, fileName);
  const { isolate, artifact } = page;
  return { isolate, artifact, call: (request = {}) => callPage(page, request) };
}

const CGI = { GATEWAY_INTERFACE: "CGI/1.1", REQUEST_METHOD: "GET", QUERY_STRING: "" };

function callPage(page: TestFunction, { environ, body = "", ...request }: TestRequest): PageAnswer {
  const { length } = new TextEncoder().encode(body);
  const variables = { ...CGI, CONTENT_LENGTH: String(length), ...environ };
  const stdoutBytes = 1024 * 1024;
  const result = page.run({ stdoutBytes, ...request, body, environ: variables });
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
