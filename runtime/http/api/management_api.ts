import type { AppOptions, RequestLimits } from "../app_options.ts";
import { type ApiApp, apiApp } from "./api_app.ts";
import { describeDeployment, functionRoutes } from "./function_routes.ts";

/** What the API manages. */
export type ManagementApiOptions =
  & Pick<AppOptions, "functions" | "deployments" | "routes" | "functionLogs">
  & { readonly limits: RequestLimits };

/** The described part of the management API. */
export function managementApi(options: ManagementApiOptions): ApiApp {
  const app = apiApp();
  describeDeployment(app);
  app.route("/_", functionRoutes(options));
  return app;
}
