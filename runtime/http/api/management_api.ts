import type { AppOptions, RequestLimits } from "../app_options.ts";
import { answerOtherMethods } from "../other_methods.ts";
import { type ApiApp, apiApp } from "./api_app.ts";
import { coordOperations } from "./coord_operations.ts";
import { deployRoutes } from "./deploy_routes.ts";
import { documentRoutes } from "./document_routes.ts";
import { functionLogRoutes } from "./function_log_routes.ts";
import { functionRoutes, longRouteRoutes } from "./function_routes.ts";
import { miniFaasOperations } from "./mini_faas_operations.ts";
import { routeTableRoutes } from "./route_table_routes.ts";
import { systemOperations } from "./system_operations.ts";
import { versionRoutes } from "./version_routes.ts";

/** What the API manages. */
export type ManagementApiOptions =
  & Pick<
    AppOptions,
    | "functions"
    | "deployments"
    | "routes"
    | "functionLogs"
    | "coord"
    | "metrics"
    | "scheduler"
    | "version"
  >
  & { readonly limits: RequestLimits };

/**
 * The described part of the management API, and the description of all of it. What the server does not have is neither
 * there nor described.
 */
export function managementApi(options: ManagementApiOptions): ApiApp {
  const app = apiApp();
  const { deployments, functionLogs, routes, coord, metrics, scheduler } = options;
  app.route("/_", functionRoutes(options));
  if (deployments !== undefined) {
    app.route("/_", deployRoutes({ ...options, deployments }));
    app.route("/_", versionRoutes({ ...options, deployments }));
    describe(app, miniFaasOperations());
  }
  if (functionLogs !== undefined) {
    app.route("/_", functionLogRoutes({ ...options, functionLogs }));
  }
  if (routes !== undefined) app.route("/_", routeTableRoutes({ ...options, routes }));
  if (coord !== undefined) describe(app, coordOperations());
  const [hasMetrics, hasScheduler] = [metrics !== undefined, scheduler !== undefined];
  describe(app, systemOperations({ hasMetrics, hasScheduler }));
  app.route("/_", documentRoutes(app, options.version));
  app.route("/_", longRouteRoutes(options));
  answerOtherMethods(app);
  return app;
}

/** Adds to the description what is answered elsewhere. */
function describe(app: ApiApp, operations: ReturnType<typeof coordOperations>): void {
  for (const each of operations) app.openAPIRegistry.registerPath(each);
}
