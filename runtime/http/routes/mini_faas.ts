import { type Context, Hono } from "hono";
import { type SkerryError, skerryError } from "../../errors.ts";
import type { Deployments } from "../../functions/deployments.ts";
import type { AppEnv } from "../app_env.ts";
import type { LogAnswer, RequestLimits } from "../app_options.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { type DeployFailure, deployFailure } from "../deploy/deploy_failure.ts";
import { readDeployRequest } from "../deploy/deploy_request.ts";
import { sourceText } from "../deploy/source_text.ts";
import { failureBody, invocationBody } from "../invoke/invocation_body.ts";
import type { InvocationResult, Invoker } from "../invoke/invoker.ts";
import { serverTiming } from "../function_response.ts";
import { managementGuard, type Refuse } from "../management_guard.ts";
import { statusOf } from "../problem.ts";
import { readBody } from "../request_body.ts";
import { queryOf } from "../request_path.ts";

/** What {@linkcode miniFaasRoutes} works with. */
export interface MiniFaasOptions {
  readonly deployments: Deployments;
  readonly invoker: Invoker;
  readonly limits: RequestLimits;
  readonly token?: string;
  readonly jwtSecret?: string;
  readonly log: LogAnswer;
}

/**
 * The API that small FaaS servers share: `POST /deploy`, `POST /invoke` and `GET /function/NAME`, whose answers all
 * say `ok`. Behind the same guard as management.
 */
export function miniFaasRoutes(options: MiniFaasOptions): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const guard = managementGuard(options, refuse);
  routes.use("/deploy", guard);
  routes.use("/invoke", guard);
  routes.use("/function/*", guard);
  routes.post("/deploy", (c) => deploy(c, options));
  routes.post("/invoke", (c) => invoke(c, options));
  routes.get("/function/:name", (c) => show(c, options));
  return routes;
}

async function deploy(c: Context<AppEnv>, options: MiniFaasOptions): Promise<Response> {
  const { bodyTimeoutMs } = options.limits;
  const request = await readDeployRequest(c.req.raw, { query: c.req.query(), bodyTimeoutMs });
  if (!request.ok) return failed(c, request.error, deployFailure(request.error));
  const deployed = await options.deployments.deploy(request.value);
  if (!deployed.ok) return failed(c, deployed.error, deployFailure(deployed.error));
  const { name, route, active } = deployed.value;
  const { id, language, hasModule } = active;
  return c.json({ ok: true, id, name, lang: language, wasm: hasModule, url: route });
}

/** The parameters that are Skerry's; the function sees the others. */
const OWN_PARAMETERS = /^(?:fn|handler)(?:=|$)/;

async function invoke(c: Context<AppEnv>, options: MiniFaasOptions): Promise<Response> {
  const { fn, handler } = c.req.query();
  const request = c.req.raw;
  const body = await readBody(request, options.limits, SYSTEM_CLOCK);
  if (!body.ok) return failed(c, body.error, deployFailure(body.error));
  if (fn === undefined || fn === "") {
    const message = "Cannot invoke: a function is missing, as in ?fn=hello";
    return failed(c, skerryError("bad_request", message));
  }
  const { peer, requestId } = c.env;
  const result = await options.invoker.invoke({
    fn,
    handler,
    body: body.value,
    request: withoutAuthorization(request),
    origin: new URL(request.url).origin,
    query: queryOf(request.url).split("&").filter((part) => !OWN_PARAMETERS.test(part)).join("&"),
    peer,
    requestId,
  });
  const response = invocationResponse(c, result);
  const error = result.answer.ok ? undefined : result.answer.error;
  const { status } = response;
  const entry = { requestId, method: "POST", path: "/invoke", status, error, ...result.log };
  options.log(entry, request);
  return response;
}

/** What authorises a call is for the server; a function that saw it could manage the others. */
function withoutAuthorization({ url, method, headers }: Request): Request {
  const own = new Headers(headers);
  own.delete("authorization");
  return new Request(url, { method, headers: own });
}

function invocationResponse(c: Context<AppEnv>, result: InvocationResult): Response {
  const { answer, retryAfterSeconds, log: { runMs } } = result;
  const headers: Record<string, string> = { "x-request-id": c.env.requestId };
  if (runMs !== undefined) headers["server-timing"] = serverTiming(runMs);
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  if (answer.ok) return c.json(invocationBody(answer), 200, headers);
  return failed(c, answer.error, { headers });
}

async function show(c: Context<AppEnv>, { deployments }: MiniFaasOptions): Promise<Response> {
  const nameOrId = c.req.param("name")!;
  const found = deployments.find(nameOrId);
  if (found === undefined) {
    const message = `Cannot find a deployed function named ${nameOrId}`;
    return failed(c, skerryError("function_not_found", message));
  }
  const { name, route, versions, active } = found;
  const wanted = versions.find(({ id }) => id === nameOrId) ?? active;
  const source = await deployments.source(name, wanted.id);
  if (!source.ok) return failed(c, source.error);
  const { id, language, size, hasModule, createdAt, contentHash, config } = wanted;
  return c.json({
    ok: true,
    id,
    name,
    lang: language,
    size,
    ...sourceText(source.value.source),
    wasm: hasModule,
    url: route,
    created_at: createdAt,
    content_hash: contentHash,
    ...config === undefined ? {} : { config },
  });
}

function failed(
  c: Context<AppEnv>,
  error: SkerryError,
  { status = statusOf(error.code), headers = {} }: Partial<DeployFailure> = {},
): Response {
  const body = failureBody(error);
  const allHeaders = { ...headers, "x-request-id": c.env.requestId };
  return Response.json(body, { status, headers: allHeaders });
}

const refuse: Refuse = (c, error, headers) => failed(c, error, { headers });
