import { ok } from "../result.ts";
import { DEFAULT_CONFIG } from "./config_file.ts";
import type { FunctionVersion, ServedFunction } from "./served_function.ts";

/**
 * Stands where a path has functions for certain methods only, and answers the others: like any function whose
 * configuration names methods it is refused, with `Allow`, before it could run.
 */
export class MethodGate implements ServedFunction {
  readonly route: string;
  readonly active: FunctionVersion;
  /** Nobody looks at it; it is there because all functions of a router have it. */
  lastUsed = 0;

  /** @param methods Upper-case methods that some function answers. */
  constructor(route: string, methods: readonly string[]) {
    this.route = route;
    this.active = {
      kind: "static",
      config: { ...DEFAULT_CONFIG, methods },
      contentType: "text/plain",
      body: new Uint8Array(0),
      etag: '"none"',
    };
  }

  load() {
    return Promise.resolve(ok(this.active));
  }
}
