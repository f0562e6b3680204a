import type { AnswerPath } from "./app_options.ts";
import type { FunctionOutput, ResponseHeader } from "./abi/function_output.ts";
import type { NewResponse } from "../platform/platform.ts";

/** What a response says besides the function's own words. */
export interface ResponseFacts {
  readonly requestId: string;
  /** HEAD gets the headers only. */
  readonly isHead: boolean;
  readonly runMs: number;
  /** Told to the client where the server is set to. */
  readonly stats?: RunStats;
}

/** The numbers of the stats headers. */
export interface RunStats {
  /** Undefined for what counts none. */
  readonly fuel?: number;
  readonly path: AnswerPath;
}

/** Turns a function's output into the response. Most have one header of their own and take the short way. */
export function functionResponse(
  output: FunctionOutput,
  facts: ResponseFacts,
  newResponse: NewResponse,
): Response {
  const { status, contentType } = output;
  const body = facts.isHead || isBodiless(status) ? null : plainBytes(output.body);
  if (output.headers.length === 0 && contentType !== "" && !facts.isHead) {
    return newResponse(body, status, plainHeaders(contentType, facts));
  }
  return new Response(body, { status, headers: pairedHeaders(output, facts) });
}

/** The `server-timing` of a run. */
export function serverTiming(runMs: number): string {
  return "run;dur=" + runMs.toFixed(3);
}

function plainHeaders(contentType: string, facts: ResponseFacts): Record<string, string> {
  const timing = serverTiming(facts.runMs);
  const { requestId, stats } = facts;
  if (stats === undefined) {
    return { "content-type": contentType, "x-request-id": requestId, "server-timing": timing };
  }
  return {
    "content-type": contentType,
    "x-request-id": requestId,
    "server-timing": timing,
    ...statsHeaders(stats),
  };
}

/** What the stats headers say. */
export function statsHeaders({ fuel, path }: RunStats): Record<string, string> {
  const headers = { "x-skerry-path": path };
  return fuel === undefined ? headers : { "x-skerry-fuel": String(fuel), ...headers };
}

function pairedHeaders(output: FunctionOutput, facts: ResponseFacts): ResponseHeader[] {
  const headers = [...output.headers];
  if (output.contentType !== "") headers.push(["content-type", output.contentType]);
  headers.push(["x-request-id", facts.requestId], ["server-timing", serverTiming(facts.runMs)]);
  if (facts.isHead && !isBodiless(output.status)) {
    // Else Deno's server would say 0, which is not what GET says.
    headers.push(["content-length", String(output.body.length)]);
  }
  if (facts.stats !== undefined) headers.push(...Object.entries(statsHeaders(facts.stats)));
  return headers;
}

/** Statuses with which Fetch refuses any body, even an empty one. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Runs write into plain buffers, never shared ones. */
function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
