import type { Job, JobInput, RunTarget } from "../dispatch/job.ts";
import type { Peer } from "../platform/platform.ts";
import { CgiInput } from "./abi/cgi_input.ts";
import { JsonInput } from "./abi/json_input.ts";
import type { KvNamespaces } from "./app_options.ts";
import type { ModuleCall } from "./function_call.ts";

/** What a job's input holds besides the request. */
export interface JobContext {
  readonly kv: KvNamespaces;
  /** Skerry's version. */
  readonly version: string;
}

/** The job of a call: its function, and the request as the function's ABI has it. */
export function functionJob(call: ModuleCall, body: Uint8Array, context: JobContext): Job {
  const { config, target } = call.version;
  const { abi, env, kvNamespace } = config;
  const { kv, version } = context;
  const input = abi === "json"
    ? new JsonInput(call, body, { env, kv: kvNamespace === undefined ? {} : kv.get(kvNamespace) })
    : new CgiInput(call, body, {
      env,
      version,
      takesAuthorization: target.program?.takesAuthorization,
    });
  return new FunctionJob(target, input, call.peer);
}

/** A class, so that `hasLeft` costs no closure: few jobs are ever asked. */
class FunctionJob implements Job {
  readonly target: RunTarget;
  readonly input: JobInput;
  readonly #peer: Peer;

  constructor(target: RunTarget, input: JobInput, peer: Peer) {
    this.target = target;
    this.input = input;
    this.#peer = peer;
  }

  hasLeft(): boolean {
    return this.#peer.hasLeft();
  }
}
