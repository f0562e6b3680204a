import { type SkerryError, skerryError } from "../../errors.ts";
import type { DeployedFunction, Deployments } from "../../functions/deployments.ts";
import type { FunctionStatus } from "../../functions/function_status.ts";
import { err, ok, type Result } from "../../result.ts";
import type { FunctionDirectory } from "../app_options.ts";

/** Where the API finds functions. */
export interface FunctionPlaces {
  readonly functions: Pick<FunctionDirectory, "list" | "at">;
  readonly deployments?: Deployments;
}

/** A function by the name the API was given. */
export interface FoundFunction {
  readonly route: string;
  readonly status?: FunctionStatus;
  readonly deployed?: DeployedFunction;
  /** Others at the same paths: they answer other methods, or nothing, and then say why. */
  readonly others: readonly FunctionStatus[];
}

/** A row of the route table by its key. */
const ROUTE_KEY = /^(?<method>[A-Z]+):(?<route>\/.*)$/s;

/**
 * Finds a function by the name or id of a deployed one, else by its route without the first slash, else by method and
 * route (`GET:/hello`).
 *
 * @returns `function_not_found`
 */
export function findFunction(
  { functions, deployments }: FunctionPlaces,
  name: string,
): Result<FoundFunction, SkerryError> {
  const deployed = deployments?.find(name);
  if (deployed !== undefined) {
    const { route } = deployed;
    return ok({
      route,
      deployed,
      ...choose(functions.at(route), (each) => each.source === "deployed"),
    });
  }
  const route = `/${name}`;
  const atRoute = choose(functions.at(route), () => true);
  if (atRoute.status !== undefined) return ok({ route, ...atRoute });
  const key = ROUTE_KEY.exec(name)?.groups as { method: string; route: string } | undefined;
  if (key !== undefined) {
    const atKey = choose(functions.at(key.route), ({ method }) => method === key.method);
    if (atKey.status !== undefined) return ok({ route: key.route, ...atKey });
  }
  return err(functionNotFound(`Cannot find a function with route ${route}`));
}

function choose(
  statuses: readonly FunctionStatus[],
  isWanted: (status: FunctionStatus) => boolean,
): Pick<FoundFunction, "status" | "others"> {
  const status = statuses.find(isWanted);
  return { status, others: statuses.filter((each) => each !== status) };
}

/** Finds a deployed function. @returns `function_not_found` */
export function findDeployed(
  { deployments }: FunctionPlaces,
  name: string,
): Result<DeployedFunction, SkerryError> {
  const deployed = deployments?.find(name);
  if (deployed !== undefined) return ok(deployed);
  return err(functionNotFound(`Cannot find a deployed function named ${name}`));
}

function functionNotFound(message: string): SkerryError {
  return skerryError("function_not_found", message);
}
