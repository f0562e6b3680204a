import process from "node:process";
import type { Option, ParsedArguments } from "./arguments.ts";

const DEFAULT_URL = "http://127.0.0.1:8080";

/** Options of every verb that speaks to a running server. */
export const SERVER_OPTIONS: Readonly<Record<string, Option>> = {
  url: { value: "URL", help: `the server; default: $SKERRY_URL, or ${DEFAULT_URL}` },
  token: { value: "T", help: "the server's bearer token; default: $SKERRY_TOKEN" },
  json: { help: "print JSON" },
};

/** Where a server is, and the token that opens its management. */
export interface ServerAddress {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token?: string;
}

/** The server to speak to: as the options say, or else the environment. */
export function serverAddress({ values }: ParsedArguments): ServerAddress {
  const url = values.url ?? process.env.SKERRY_URL ?? DEFAULT_URL;
  // As people type it: localhost:8080.
  const withScheme = /^[a-z]+:\/\//i.test(url) ? url : `http://${url}`;
  return {
    url: withScheme.replace(/\/+$/, ""),
    token: values.token ?? process.env.SKERRY_TOKEN,
  };
}

/** What who follows a log is told when the server cannot be reached. */
export function goneMessage(url: string): string {
  return `The server at ${url} is gone; waiting for it to come back`;
}
