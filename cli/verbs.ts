import type { Verb } from "./context.ts";

/** A verb as the help lists it. */
export interface ListedVerb {
  readonly summary: string;
  /** Loads it: a verb that asks a server need not wait for a server's parts to load. */
  readonly load: () => Promise<Verb>;
}

/** Every verb, in the order of the help. */
export const VERBS: Readonly<Record<string, ListedVerb>> = {
  serve: {
    summary: "serve functions over HTTP",
    load: async () => (await import("./serve/serve.ts")).serveVerb,
  },
  deploy: {
    summary: "build a source file on a server and serve it",
    load: async () => (await import("./functions/deploy.ts")).deployVerb,
  },
  invoke: {
    summary: "call a function of a server",
    load: async () => (await import("./functions/invoke.ts")).invokeVerb,
  },
  list: {
    summary: "list the functions of a server",
    load: async () => (await import("./functions/list.ts")).listVerb,
  },
  inspect: {
    summary: "show one function, its versions and what is wrong with it",
    load: async () => (await import("./functions/inspect.ts")).inspectVerb,
  },
  remove: {
    summary: "remove deployed functions",
    load: async () => (await import("./functions/remove.ts")).removeVerb,
  },
  rollback: {
    summary: "let an earlier version serve again",
    load: async () => (await import("./functions/rollback.ts")).rollbackVerb,
  },
  logs: {
    summary: "show or follow what a function wrote, and its failures",
    load: async () => (await import("./functions/logs.ts")).logsVerb,
  },
  route: {
    summary: "list, add and remove rows of the route table",
    load: async () => (await import("./functions/route.ts")).routeVerb,
  },
  load: {
    summary: "load a function with requests and tell how fast it answers",
    load: async () => (await import("./load/load.ts")).loadVerb,
  },
  run: {
    summary: "run one module on the terminal, with limits",
    load: async () => (await import("./run.ts")).runVerb,
  },
  call: {
    summary: "call a function of a native library",
    load: async () => (await import("./call.ts")).callVerb,
  },
  lock: {
    summary: "acquire, release and show locks of a server",
    load: async () => (await import("./lock.ts")).lockVerb,
  },
  log: {
    summary: "append to, read and list logs of a server",
    load: async () => (await import("./log.ts")).logVerb,
  },
};
