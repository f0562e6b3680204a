import type {
  FunctionVersion,
  ModuleVersion,
  NativeVersion,
  RouteMatch,
  StaticVersion,
} from "../functions/served_function.ts";
import type { FunctionRequest } from "./abi/function_request.ts";

/** A request on its way through the handler, before its function is found. */
export interface IncomingRequest extends Omit<FunctionRequest, "match"> {
  readonly requestId: string;
}

/** A request whose function is found and ready. */
export interface FunctionCall extends FunctionRequest {
  readonly requestId: string;
  readonly version: FunctionVersion;
}

/** A request for a function that runs. */
export interface ModuleCall extends FunctionCall {
  readonly version: ModuleVersion;
}

/** A request for a function that is answered as it is. */
export interface StaticCall extends FunctionCall {
  readonly version: StaticVersion;
}

/** A request for a function of a native library. */
export interface NativeCall extends FunctionCall {
  readonly version: NativeVersion;
}

/** Tells the kinds apart. */
export function isModuleCall(call: FunctionCall): call is ModuleCall {
  return call.version.kind === "module";
}

/** Tells the kinds apart. */
export function isStaticCall(call: FunctionCall): call is StaticCall {
  return call.version.kind === "static";
}

/** The incoming request with its function. */
export function functionCall(
  incoming: IncomingRequest,
  match: RouteMatch,
  version: FunctionVersion,
): FunctionCall {
  const { request, method, url, path, peer, requestId } = incoming;
  return { request, method, url, path, peer, requestId, match, version };
}
