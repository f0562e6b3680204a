/**
 * The client of Skerry's locks and logs, for Deno, Node and browsers: it uses nothing but what all of them have. Bundled as
 * `skerry/client`.
 *
 * @module
 */
export {
  type AcquireOptions,
  type AppendPlace,
  CoordClient,
  type CoordClientOptions,
} from "./coord_client.ts";
export type { CoordError } from "./coord_error.ts";
export type { RetryRules } from "./exchange.ts";
export type { HeldLock } from "./held_lock.ts";
export { type FollowOptions, LogReader, type ReadRecord } from "./log_reader.ts";
export type { TransportOptions } from "./transport.ts";
