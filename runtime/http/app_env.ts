import type { Peer } from "../platform/platform.ts";

/** What Skerry passes along with a request through Hono. */
export interface AppEnv {
  readonly Bindings: {
    readonly peer: Peer;
    readonly requestId: string;
  };
}
