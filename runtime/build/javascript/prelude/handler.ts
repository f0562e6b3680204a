import { encodeUtf8 } from "./encoding.ts";
import { logToError, print } from "./console.ts";
import { surroundings } from "./environment.ts";
import { inspect } from "./inspect.ts";
import { Request, RunSource } from "./request.ts";
import { Response } from "./response.ts";
import { readInput } from "./system.ts";

type Fetch = (request: Request, env: Record<string, string>, context: Context) => unknown;

/** What a handler is given last. */
interface Context {
  waitUntil(promise: unknown): void;
  passThroughOnException(): void;
}

/** The function that a module's default export is or has; undefined if it has none. */
export function handlerOf(exported: unknown): Fetch | undefined {
  if (typeof exported === "function") return exported as Fetch;
  const fetch = (exported as { fetch?: unknown } | null | undefined)?.fetch;
  return typeof fetch === "function" ? fetch.bind(exported) as Fetch : undefined;
}

/** Answers the run's request. */
export async function answer(handler: Fetch): Promise<void> {
  logToError();
  const { variables, authorization } = surroundings();
  const waiting: unknown[] = [];
  const context: Context = {
    waitUntil: (promise) => void waiting.push(promise),
    passThroughOnException: () => {},
  };
  const request = new Request(new RunSource(variables, readInput, authorization));
  const response = await handler(request, variables, context);
  if (!(response instanceof Response)) {
    throw new TypeError(`The handler returned ${inspect(response)}; expected a Response`);
  }
  print(encodeUtf8(headOf(response)));
  print(await response.takeBody());
  await Promise.all(waiting);
}

/** The header of a CGI response. */
function headOf({ status, headers }: Response): string {
  let head = `Status: ${status}\n`;
  for (const [name, value] of headers) {
    // That one line would set the status of a CGI response.
    if (name !== "status") head += `${name}: ${value}\n`;
  }
  return head + "\n";
}
