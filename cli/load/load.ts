import process from "node:process";
import { err, ok, type Result } from "../../runtime/result.ts";
import { type Option, type ParsedArguments, wholeNumber } from "../arguments.ts";
import { readRequest, REQUEST_OPTIONS } from "../functions/request_arguments.ts";
import { type ManagementError, noAnswer } from "../management_client.ts";
import { type ServerCall, serverVerb } from "../server_verb.ts";
import { readData } from "../standard_streams.ts";
import { Alarm } from "./alarm.ts";
import { httpTarget } from "./http_target.ts";
import { jobTarget } from "./job_target.ts";
import type { LoadTarget } from "./load_connection.ts";
import { showProgress } from "./load_progress.ts";
import { reportJson, reportLines } from "./report.ts";
import { MachineClock } from "./machine_clock.ts";
import { type LoadClock, type LoadPlan, type RunningLoad, startLoad } from "./run_load.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  clients: { value: "C", help: "connections, each with one request at a time; default: 8" },
  requests: { value: "N", help: "requests in all; default: 1000, or as many as --duration takes" },
  duration: { value: "S", help: "send for this many seconds" },
  rate: { value: "R", help: "requests a second; default: as fast as they are answered" },
  "timeout-ms": { value: "N", help: "give up waiting for an answer; default: 30000" },
  ...REQUEST_OPTIONS,
  unix: { value: "PATH", help: "send jobs over the socket of skerry serve --jobs-unix instead" },
  handler: { value: "H", help: "call this exported function, with --unix" },
};

const DEFAULTS = { clients: 8, requests: 1000, timeoutMs: 30_000 };

/** `skerry load NAME`. */
export const loadVerb = serverVerb({
  name: "load",
  summary: "Loads a function with requests and tells how fast it answers.",
  usage: "skerry load NAME [OPTIONS]",
  options: OPTIONS,
  notes:
    `With --rate, requests are sent at fixed times whatever the answers do, and latencies are counted from
those times: what a stall delays counts as slow. Ctrl-C ends early and tells what came until then.

Exit code: 0 if any request was answered well, 1 if none was; 2 for a wrong command line.`,
  operands: ["NAME"],
  async run(call) {
    const plan = readPlan(call.args);
    if (!plan.ok) return call.misused(plan.error);
    const target = await readTarget(call);
    if (!target.ok) return call.misused(target.error);
    return await load(target.value, plan.value, call);
  },
});

function readPlan(args: ParsedArguments): Result<LoadPlan, string> {
  const clients = wholeNumber(args, "clients", { min: 1, max: 10_000 });
  const requests = wholeNumber(args, "requests", { min: 1, max: 1_000_000_000 });
  const duration = wholeNumber(args, "duration", { min: 1, max: 86_400 });
  const rate = wholeNumber(args, "rate", { min: 1, max: 1_000_000 });
  if (!clients.ok) return clients;
  if (!requests.ok) return requests;
  if (!duration.ok) return duration;
  if (!rate.ok) return rate;
  const isBounded = requests.value !== undefined || duration.value !== undefined;
  return ok({
    clients: clients.value ?? DEFAULTS.clients,
    requests: isBounded ? requests.value : DEFAULTS.requests,
    durationMs: duration.value === undefined ? undefined : duration.value * 1000,
    ratePerSecond: rate.value,
  });
}

async function readTarget(call: ServerCall): Promise<Result<LoadTarget, string>> {
  const { operands: [name], args, client } = call;
  const timeout = wholeNumber(args, "timeout-ms", { min: 1, max: 3_600_000 });
  if (!timeout.ok) return timeout;
  const timeoutMs = timeout.value ?? DEFAULTS.timeoutMs;
  const { unix: socketPath, handler, data } = args.values;
  if (socketPath === undefined) {
    if (handler !== undefined) return err("Option --handler needs --unix");
    const request = await readRequest(client.url, name!, args);
    return request.ok ? ok(httpTarget({ ...request.value, timeoutMs })) : request;
  }
  const payload = data === undefined ? ok(new Uint8Array()) : await readData(data);
  if (!payload.ok) return payload;
  const text = new TextDecoder().decode(payload.value);
  return ok(jobTarget({ socketPath, fn: name!, payload: text, handler, timeoutMs }));
}

async function load(target: LoadTarget, plan: LoadPlan, call: ServerCall): Promise<number> {
  // Without a rate nobody waits for a time.
  if (plan.ratePerSecond === undefined) {
    return await loadBy(new MachineClock(() => Promise.resolve()), target, plan, call);
  }
  const alarm = await Alarm.open(call.context.platform.spawnWorker("alarm"));
  const status = await loadBy(
    new MachineClock((ms, cancel) => alarm.at(ms, cancel)),
    target,
    plan,
    call,
  );
  alarm.close();
  return status;
}

async function loadBy(
  clock: LoadClock,
  target: LoadTarget,
  plan: LoadPlan,
  call: ServerCall,
): Promise<number> {
  const { args, context, terminal, fail, client } = call;
  const cancel = new AbortController();
  let running: RunningLoad;
  try {
    running = await startLoad(target, plan, clock, cancel.signal);
  } catch (thrown) {
    return fail(notReached(args.values.unix, client.url, thrown));
  }
  const onSignal = () => cancel.abort();
  process.once("SIGINT", onSignal);
  const stopProgress = showProgress(running.tally, plan);
  await running.done;
  stopProgress();
  process.off("SIGINT", onSignal);
  const report = { title: target.title, plan, tally: running.tally };
  const isJson = args.switches.json;
  context.print(
    isJson ? JSON.stringify(reportJson(report)) : reportLines(report, terminal).join("\n"),
  );
  return [...running.tally.outcomes.values()].some(({ isSuccess }) => isSuccess) ? 0 : 1;
}

function notReached(socketPath: string | undefined, url: string, thrown: unknown): ManagementError {
  if (socketPath === undefined) return noAnswer(url, thrown);
  const { code, message } = thrown as Error & { code?: string };
  const next = `take jobs there with: skerry serve --jobs-unix ${socketPath}`;
  return { code: "no_answer", message: `Cannot reach ${socketPath}: ${code ?? message}; ${next}` };
}
