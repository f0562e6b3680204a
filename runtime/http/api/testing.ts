/** What the tests of this folder share: an app that has everything, in memory. */
import { CoordService } from "../../coord/service.ts";
import { MemoryLog } from "../../coord/testing.ts";
import { FakeClock } from "../../testing_clock.ts";
import { type SkerryError, skerryError } from "../../errors.ts";
import type { DeployedFunction, RouteRow, RouteTable } from "../../functions/deployments.ts";
import type { FunctionStatus } from "../../functions/function_status.ts";
import { FunctionLogs } from "../../observe/function_logs.ts";
import { MemoryLogFiles } from "../../observe/testing.ts";
import { err, ok, type Result } from "../../result.ts";
import type { FunctionDirectory } from "../app_options.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { FakeDeployments } from "../testing_deployments.ts";
import { directory, fakeApp, PEER } from "../testing_fakes.ts";

/** A route table in memory; `GET:/bad` cannot be used. */
export class FakeRoutes implements RouteTable {
  readonly #rows = new Map<string, RouteRow>();

  list(): readonly RouteRow[] {
    return [...this.#rows.values()];
  }

  put(key: string, value: string): Promise<Result<RouteRow, SkerryError>> {
    if (key === "GET:/bad") {
      return Promise.resolve(err(skerryError("invalid_config", "Cannot use the row GET:/bad")));
    }
    const row = { key, value, updated: 1000, state: "ready" } as const;
    this.#rows.set(key, row);
    return Promise.resolve(ok(row));
  }

  remove(key: string): Promise<Result<void, SkerryError>> {
    if (this.#rows.delete(key)) return Promise.resolve(ok(undefined));
    return Promise.resolve(err(skerryError("route_not_found", `Cannot find a row ${key}`)));
  }
}

/** An app with every part of the API. */
export function wholeApp(changes: Parameters<typeof fakeApp>[0] = {}) {
  const deployments = new FakeDeployments();
  const routes = new FakeRoutes();
  const files = new MemoryLogFiles();
  const functionLogs = new FunctionLogs({ files, clock: SYSTEM_CLOCK });
  const coord = new CoordService({ log: new MemoryLog(), clock: new FakeClock() });
  const scheduler = { strategy: "least" } as const;
  const { app, log, options } = fakeApp({
    functions: directoryOf(deployments),
    deployments,
    routes,
    functionLogs,
    coord,
    scheduler,
    metrics: { contentType: "text/plain; version=0.0.4", metrics: () => Promise.resolve("") },
    ...changes,
  });
  const send = async (method: string, path: string, init: RequestInit = {}) => {
    const request = new Request(`http://localhost:8080${path}`, { method, ...init });
    return await app.fetch(request, PEER);
  };
  return { app, options, send, deployments, routes, functionLogs, files, log };
}

/** What a registry of these deployments and nothing else has. */
function directoryOf(deployments: FakeDeployments): FunctionDirectory {
  const list = () => deployments.list().map(statusOf);
  return { ...directory({}), list, at: (route) => list().filter((each) => each.route === route) };
}

function statusOf({ name, route, active }: DeployedFunction): FunctionStatus {
  const { contentHash, size, createdAt: loadedAt } = active;
  const version = contentHash.slice(0, 12);
  return { route, source: "deployed", file: `${name}.c`, state: "ready", version, size, loadedAt };
}
