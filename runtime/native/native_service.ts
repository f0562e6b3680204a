import { join } from "node:path";
import { SYSTEM_CLOCK } from "../clock.ts";
import type { AdmitLibrary, RunNative } from "../functions/native_function.ts";
import { err, ok, type Result } from "../result.ts";
import { SocketServer } from "../sockets/socket_server.ts";
import { AllowedFolders, codeText } from "./allowed_folders.ts";
import { ChildRunner } from "./child_runner.ts";
import { HookPrograms, type PostHook, type PreHook } from "./hooks.ts";
import { LibraryCopies } from "./library_copies.ts";
import { DEFAULT_NATIVE_LIMITS, type NativeLimits } from "./limits.ts";
import { NativeCaller, type NativeCallLog } from "./native_caller.ts";
import { functionRunner } from "./function_runner.ts";
import { OutputFiles } from "./output_files.ts";
import { socketAnswers } from "./socket_answers.ts";
import { serveSession } from "./socket_session.ts";
import type { Zygote } from "./spawn_zygote.ts";

/** What may be called natively, and how it can be reached. */
export interface NativeOptions {
  /** Folders whose libraries may be loaded. */
  readonly folders: readonly string[];
  /** Path of a UNIX socket to listen on. @default none */
  readonly unixPath?: string;
  /** Address to listen on. @default none */
  readonly tcp?: { readonly hostname: string; readonly port: number };
  /** Whether output files say why a call failed. @default false */
  readonly withDetails?: boolean;
  /** Socket clients at the same time. @default 2048 */
  readonly maxClients?: number;
  /** Calls that run at the same time. @default 64 */
  readonly maxRunning?: number;
  /** Calls that may wait. @default 4096 */
  readonly maxWaiting?: number;
  readonly limits?: Partial<NativeLimits>;
  /** Where output files go; ends in `XXXXXX`. @default `output/out-XXXXXX` in the data folder */
  readonly outputTemplate?: string;
  /** How long output files are kept, milliseconds. @default an hour */
  readonly keepMs?: number;
  /** Programs to run before every call; see {@linkcode HookPrograms.pre}. */
  readonly preHookPrograms?: readonly string[];
  /** Programs to run after every call; see {@linkcode HookPrograms.post}. */
  readonly postHookPrograms?: readonly string[];
  /** Further hooks, run after the programs. */
  readonly preHooks?: readonly PreHook[];
  readonly postHooks?: readonly PostHook[];
  readonly onCall: (entry: NativeCallLog) => void;
  /** The process that native calls come from has ended, and another takes its place; or it could not begin. */
  readonly onZygoteLost: (reason: string, wasReady: boolean) => void;
}

/** What the service needs from the server around it. */
export interface NativeSurroundings {
  readonly dataFolder: string;
  readonly spawnZygote: () => Zygote;
}

/** Native calls, ready to be made. */
export interface NativeService {
  /** Admits libraries that functions are made of. */
  readonly admit: AdmitLibrary;
  /** Calls such functions. */
  readonly run: RunNative;
  /** The port of the TCP socket, if there is one. */
  readonly tcpPort: number | undefined;
  stats(): NativeStats;
  /** Takes no more commands, and resolves when those that run have been answered, or after `graceMs`. */
  finish(graceMs: number): Promise<void>;
  /** Ends every call, which is then answered so, and takes no more. */
  endCalls(): Promise<void>;
  stop(): Promise<void>;
}

/** How native calls are doing, as `/_/stats` shows it. */
export interface NativeStats {
  /** Socket clients now. */
  readonly clients: number;
  /** Calls in a process of their own now. */
  readonly running: number;
  readonly waiting: number;
  /** Calls that have ended since the start, by how: `ok`, `signalled`, `timeout`, … */
  readonly calls: Readonly<Record<string, number>>;
}

const DEFAULT_MAX_CLIENTS = 2048;
const DEFAULT_MAX_RUNNING = 64;
const DEFAULT_MAX_WAITING = 4096;
const DEFAULT_KEEP_MS = 60 * 60 * 1000;
const IDLE_MS = 60_000;
const SWEEP_EVERY_MS = 60_000;

/**
 * Starts what `--native` turns on: the process that forks calls, its output files, and the sockets.
 *
 * @returns a sentence, if a folder, a file or an address cannot be had
 */
export async function startNative(
  options: NativeOptions,
  { dataFolder, spawnZygote }: NativeSurroundings,
): Promise<Result<NativeService, string>> {
  const folders = await AllowedFolders.open(options.folders);
  if (!folders.ok) return folders;
  const keepMs = options.keepMs ?? DEFAULT_KEEP_MS;
  const template = options.outputTemplate ?? join(dataFolder, "output", "out-XXXXXX");
  const outputs = await OutputFiles.open({ template, keepMs, random: secureRandom, now: Date.now });
  if (!outputs.ok) return outputs;
  const copies = await openCopies(join(dataFolder, "native"), folders.value);
  if (!copies.ok) return copies;
  const runner = new ChildRunner({
    spawn: spawnZygote,
    maxRunning: options.maxRunning ?? DEFAULT_MAX_RUNNING,
    maxWaiting: options.maxWaiting ?? DEFAULT_MAX_WAITING,
    after: SYSTEM_CLOCK.after,
    onZygoteLost: options.onZygoteLost,
  });
  const programs = new HookPrograms();
  const calls: Record<string, number> = {};
  const caller = new NativeCaller({
    folders: folders.value,
    outputs: outputs.value,
    runner,
    limits: { ...DEFAULT_NATIVE_LIMITS, ...options.limits },
    preHooks: [
      ...(options.preHookPrograms ?? []).map((program) => programs.pre(program)),
      ...options.preHooks ?? [],
    ],
    postHooks: [
      ...(options.postHookPrograms ?? []).map((program) => programs.post(program)),
      ...options.postHooks ?? [],
    ],
    onCall: (entry) => {
      const { kind } = entry.outcome;
      calls[kind] = (calls[kind] ?? 0) + 1;
      options.onCall(entry);
    },
  });
  const maxClients = options.maxClients ?? DEFAULT_MAX_CLIENTS;
  const answer = socketAnswers(caller, options.withDetails ?? false);
  const sockets = new SocketServer({
    serve: (socket) => serveSession(socket, { answer, idleMs: IDLE_MS, after: SYSTEM_CLOCK.after }),
    maxClients,
    refusal: `Error: the server has ${maxClients} clients, its maximum`,
  });
  const tcpPort = await listen(options, sockets);
  if (!tcpPort.ok) {
    await sockets.stop();
    return tcpPort;
  }
  const stopSweeping = sweepEvery(Math.min(SWEEP_EVERY_MS, keepMs), outputs.value);
  runner.warmUp();
  return ok({
    admit: copies.value.admit,
    run: functionRunner(caller),
    tcpPort: tcpPort.value,
    stats: () => ({
      clients: sockets.clients,
      running: runner.running,
      waiting: runner.waiting,
      calls: { ...calls },
    }),
    finish: (graceMs) => sockets.finish(graceMs),
    async endCalls() {
      programs.stop();
      await runner.stop();
    },
    async stop() {
      stopSweeping();
      await sockets.stop();
      programs.stop();
      await runner.stop();
    },
  });
}

async function openCopies(
  folder: string,
  folders: AllowedFolders,
): Promise<Result<LibraryCopies, string>> {
  try {
    return ok(await LibraryCopies.open(folder, folders));
  } catch (error) {
    return err(`Cannot keep libraries in ${folder}: ${codeText(error)}`);
  }
}

async function listen(
  { unixPath, tcp }: NativeOptions,
  sockets: SocketServer,
): Promise<Result<number | undefined, string>> {
  if (unixPath !== undefined) {
    const listening = await sockets.listenUnix(unixPath);
    if (!listening.ok) return listening;
  }
  if (tcp === undefined) return ok(undefined);
  return await sockets.listenTcp(tcp.hostname, tcp.port);
}

/** Sweeps until the function it returns is called. */
function sweepEvery(ms: number, outputs: OutputFiles): () => void {
  let isSweeping = false;
  const timer = setInterval(() => {
    if (isSweeping) return;
    isSweeping = true;
    void outputs.sweep().finally(() => isSweeping = false);
  }, ms);
  return () => clearInterval(timer);
}

function secureRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}
