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
}

/**
 * Finds a function by the name or id of a deployed one, else by its route without the first slash.
 *
 * @returns `function_not_found`
 */
export function findFunction(
  { functions, deployments }: FunctionPlaces,
  name: string,
): Result<FoundFunction, SkerryError> {
  const deployed = deployments?.find(name);
  const route = deployed?.route ?? `/${name}`;
  const statuses = functions.at(route);
  const status = deployed === undefined
    ? statuses[0]
    : statuses.find(({ source }) => source === "deployed");
  if (deployed !== undefined || status !== undefined) return ok({ route, status, deployed });
  return err(functionNotFound(`Cannot find a function with route ${route}`));
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
