import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { type Runtime, type ServerProcess, startServer } from "../support/server.ts";
import { buildLibraries } from "./gcc.ts";

/** A server with native libraries, in a folder of its own. */
export interface NativeServer extends AsyncDisposable {
  readonly server: ServerProcess;
  /** Where everything of this server is; the libraries are in `lib`. */
  readonly folder: string;
  readonly socket: string;
  /** The path of a library of `libraries/`. */
  library(name: string): string;
  /** Sends a command, `NAME FUNC …` with a library's name, and resolves to the path of the answer. */
  ask(command: string): Promise<string>;
  /** The same, and what the file holds. */
  call(command: string): Promise<string>;
  /** The process that calls are forked from. */
  zygote(): Promise<number>;
}

/** Starts a server whose native calls are taken on a UNIX socket. */
export async function startNativeServer(
  options: {
    readonly args?: readonly string[];
    readonly functions?: Readonly<Record<string, Uint8Array | string>>;
    readonly runtime?: Runtime;
    readonly env?: Record<string, string>;
  } = {},
): Promise<NativeServer> {
  const temporary = await temporaryFolder({ "functions/_": "", "lib/_": "", ...options.functions });
  const folder = temporary.path;
  await buildLibraries(join(folder, "lib"));
  const socket = join(folder, "s");
  const { args = [], runtime, env } = options;
  const server = await startServer(join(folder, "functions"), {
    args: ["--native", join(folder, "lib"), "--unix", socket, ...args],
    data: join(folder, "data"),
    runtime,
    env,
  });
  await server.printed("Native calls on");
  const library = (name: string) => join(folder, "lib", `lib${name}.so`);
  const ask = (command: string) => {
    const [name = "", ...words] = command.split(" ");
    return send(socket, [library(name), ...words].join(" "));
  };
  return {
    server,
    folder,
    socket,
    library,
    ask,
    call: async (command) => await readFile(await ask(command), "utf8"),
    zygote: () => zygoteOf(server.pid),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

async function zygoteOf(server: number): Promise<number> {
  for (const pid of await childrenOf(server)) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes("skerry-native-zygote")) return pid;
  }
  throw new Error("There is no zygote");
}

/** The processes that one has started from its main thread. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter((word) => word !== "").map(Number);
}

/** Connects, sends these bytes at once, and resolves to all that comes back until the server closes the connection. */
export function send(
  socketPath: string,
  bytes: string | Uint8Array,
  options: { readonly endsInput?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    let reply = "";
    socket.setEncoding("utf8");
    socket.on("connect", () => {
      if (options.endsInput) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.on("data", (text: string) => reply += text);
    socket.on("error", reject);
    socket.on("end", () => {
      socket.end();
      resolve(reply);
    });
  });
}
