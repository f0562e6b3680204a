import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { SANDBOX_SCRIPT, SETUP_FAILED } from "./sandbox_script.ts";

/** A folder or file of the host and where the sandbox sees it. */
export interface Mount {
  readonly host: string;
  readonly guest: string;
  /** @default false */
  readonly isWritable?: boolean;
}

/** A compiler's run. */
export interface SandboxJob {
  /** The program, as the sandbox sees it, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** All the variables there are. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Symbolic links to make: where, and to what. @default none */
  readonly links?: Readonly<Record<string, string>>;
  readonly limits: SandboxLimits;
}

/** Bounds of a run, each process's own but for the first two. */
export interface SandboxLimits {
  /** Wall clock, milliseconds. */
  readonly timeoutMs: number;
  /** What the sandbox's own files may take, bytes; they are in memory. */
  readonly scratchBytes: number;
  /** Address space, bytes. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Bytes of one written file. */
  readonly fileBytes: number;
  /** Processes and threads at once. Linux does not count those of a server that runs as root. */
  readonly processes: number;
}

/** How a run ended, and what it printed on both streams, at most 256 KiB of it. */
export type SandboxOutcome =
  | { readonly kind: "exited"; readonly exitCode: number; readonly text: string }
  | { readonly kind: "killed"; readonly signal: string; readonly text: string }
  | { readonly kind: "timed_out"; readonly timeoutMs: number; readonly text: string };

const MAX_TEXT_BYTES = 256 * 1024;
const MAX_OPEN_FILES = 256;
/** Tools of the host that the sandbox itself needs; nothing of the source decides which. */
const HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SETPRIV = "/usr/bin/setpriv";

const NO_PRIVILEGE = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];

/** Ways to have namespaces, the less privileged first. */
const USERS: readonly (readonly string[])[] = [["--user", "--map-root-user"], []];
const NAMESPACES = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child=KILL"];

/**
 * Runs compilers where the host's files, processes and network are not: in Linux namespaces, with a root
 * of their own that holds what the job mounts and nothing else. See RATIONALE.md, "Why do native compilers run in a
 * sandbox?".
 */
export class Sandbox {
  readonly #user: readonly string[];

  private constructor(user: readonly string[]) {
    this.#user = user;
  }

  /** The sandbox of this machine; undefined if it does not allow one. */
  static async open(): Promise<Sandbox | undefined> {
    if (!existsSync(SETPRIV)) return undefined;
    for (const user of USERS) {
      const sandbox = new Sandbox(user);
      if (await sandbox.#works()) return sandbox;
    }
    return undefined;
  }

  /** Runs a program to its end. Rejects if there is no sandbox to be made for it, e.g. if a mount's host is absent. */
  async run(job: SandboxJob): Promise<SandboxOutcome> {
    const root = await mkdtemp(join(tmpdir(), "skerry-sandbox-"));
    try {
      const outcome = await runToEnd(this.#arguments(root, job), job);
      if (outcome.kind === "exited" && outcome.exitCode === SETUP_FAILED) {
        throw new Error(`Cannot make a sandbox: ${outcome.text.trim()}`);
      }
      return outcome;
    } finally {
      // The file system on it went with the namespace.
      await rm(root, { recursive: true, force: true });
    }
  }

  async #works(): Promise<boolean> {
    try {
      const limits = {
        timeoutMs: 10_000,
        scratchBytes: 1 << 20,
        memoryBytes: 1 << 30,
        cpuSeconds: 5,
        fileBytes: 1 << 20,
        processes: 16,
      };
      const command = [SETPRIV, "--version"] as const;
      const outcome = await this.run({ command, environment: {}, mounts: [], limits });
      return outcome.kind === "exited" && outcome.exitCode === 0;
    } catch {
      // No `unshare`, or no right to use it.
      return false;
    }
  }

  #arguments(root: string, job: SandboxJob): string[] {
    const { command, environment, mounts, links = {}, limits } = job;
    const system = systemLibraries();
    const all = [...system.mounts, { host: SETPRIV, guest: SETPRIV }, ...mounts];
    return [
      // A server that is killed takes its compilers with it.
      ...["--pdeathsig", "KILL", "--", "unshare", ...this.#user, ...NAMESPACES],
      ...["/bin/sh", "-c", SANDBOX_SCRIPT, "sandbox", root],
      ...[String(limits.scratchBytes), resourceLimits(limits)],
      ...all.flatMap((each) => [each.isWritable ? "rw" : "ro", each.host, each.guest]),
      ...Object.entries({ ...system.links, ...links }).flatMap(([at, to]) => ["link", to, at]),
      "--",
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...[chrootProgram(), root, SETPRIV, ...NO_PRIVILEGE, "--", ...command],
    ];
  }
}

/** As options of `prlimit`. */
function resourceLimits(limits: SandboxLimits): string {
  const { memoryBytes, cpuSeconds, fileBytes, processes } = limits;
  return [
    `--as=${memoryBytes}`,
    // At the first a signal that says why; at the second the end.
    `--cpu=${cpuSeconds}:${cpuSeconds + 1}`,
    `--fsize=${fileBytes}`,
    `--nproc=${processes}`,
    ...["--core=0", `--nofile=${MAX_OPEN_FILES}`],
  ].join(" ");
}

/** By its full path, since the compiler's own environment, which need not hold it, is what it starts with. */
function chrootProgram(): string {
  const places = ["/usr/sbin/chroot", "/usr/bin/chroot", "/sbin/chroot"];
  return places.find((path) => existsSync(path)) ?? "chroot";
}

/** The C library and the loader: with them a dynamically linked compiler starts. */
function systemLibraries(): { mounts: Mount[]; links: Record<string, string> } {
  const mounts: Mount[] = [];
  const links: Record<string, string> = {};
  for (const folder of ["/lib", "/lib64", "/usr/lib64"]) {
    if (!existsSync(folder)) continue;
    if (lstatSync(folder).isSymbolicLink()) links[folder] = readlinkSync(folder);
    else if (folder !== "/lib") mounts.push({ host: folder, guest: folder });
  }
  for (const parent of ["/usr/lib", ...links["/lib"] === undefined ? ["/lib"] : []]) {
    // Debian's multiarch folders hold libraries only; elsewhere they are not told from the rest.
    const names = readdirSync(parent).filter((name) => /-linux-(gnu|musl)/.test(name));
    const folders = names.length > 0 ? names.map((name) => join(parent, name)) : [parent];
    mounts.push(...folders.map((folder) => ({ host: folder, guest: folder })));
  }
  return { mounts, links };
}

function runToEnd(args: string[], { limits }: SandboxJob): Promise<SandboxOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("setpriv", args, {
      env: { PATH: HOST_PATH },
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let hasTimedOut = false;
    const timer = setTimeout(() => {
      hasTimedOut = true;
      endNamespace(child);
    }, limits.timeoutMs);
    const text = new BoundedText();
    child.stdout.on("data", text.add);
    child.stderr.on("data", text.add);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      resolve(
        hasTimedOut
          ? { kind: "timed_out", timeoutMs: limits.timeoutMs, text: text.toString() }
          : outcomeOf(exitCode, signal, text.toString()),
      );
    });
  });
}

/**
 * Ends the namespace's first process, and with it all others. Its parent then sees to it that no zombie stays;
 * should there be none to be found, the parent goes, and by `--kill-child` the rest: where the server itself is the first
 * process of a container, that leaves a zombie.
 */
function endNamespace(parent: ChildProcess): void {
  const first = childOf(parent);
  if (first === undefined) parent.kill("SIGKILL");
  else process.kill(first, "SIGKILL");
}

function childOf({ pid }: ChildProcess): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return /^[1-9]/.test(children) ? Number.parseInt(children) : undefined;
  } catch {
    return undefined;
  }
}

/** The script's shell tells a signal as 128 and more. */
function outcomeOf(
  exitCode: number | null,
  signal: string | null,
  text: string,
): SandboxOutcome {
  if (signal !== null) return { kind: "killed", signal, text };
  if (exitCode! > 128) return { kind: "killed", signal: String(exitCode! - 128), text };
  return { kind: "exited", exitCode: exitCode ?? 0, text };
}

class BoundedText {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  /** Reads on beyond the limit, so that whoever writes does not wait. */
  readonly add = (chunk: Buffer): void => {
    if (this.#bytes < MAX_TEXT_BYTES) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  };

  toString(): string {
    return Buffer.concat(this.#chunks).subarray(0, MAX_TEXT_BYTES).toString("utf8");
  }
}

/** Makes a folder for one build, for {@linkcode Mount}s, and removes it afterwards. */
export async function withBuildFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "skerry-build-"));
  try {
    await mkdir(join(folder, "work"));
    return await use(join(folder, "work"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
