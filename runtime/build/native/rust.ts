import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Artifact } from "../artifact.ts";
import { type BuildTimes, buildTimes } from "../build_times.ts";
import { boundedDiagnostics, compilerRefused } from "../diagnostics.ts";
import type { Language, Source } from "../language.ts";
import { utf8Text } from "../source_text.ts";
import { ask, findPrograms, type ToolEnvironment } from "./find_program.ts";
import { BUILD_FOLDER, endedByLimit, nativeLimits, withSandbox } from "./native_build.ts";
import { parseRustMessages } from "./rust_messages.ts";
import { type Mount, type SandboxJob, withBuildFolder } from "./sandbox.ts";

/** The target's names, the newer first: rustc renamed it in 1.78. */
const TARGETS = ["wasm32-wasip1", "wasm32-wasi"] as const;
const INSTALL = "apt-get install rustc libstd-rust-dev-wasm32 lld";
const FLAGS = [
  "--edition=2021",
  "-Copt-level=2",
  "-Cstrip=symbols",
  "-Cpanic=abort",
  "-Ccodegen-units=1",
];
const MAIN = `${BUILD_FOLDER}/main.rs`;
const OUTPUT = "main.wasm";

/** A rustc that builds for WASI. */
interface Rustc {
  readonly sysroot: string;
  readonly target: string;
  /** `rustc --version`. */
  readonly version: string;
}

/** What Rust needs to know of the server. */
export interface RustContext extends BuildTimes {
  readonly environment?: ToolEnvironment;
}

/** Rust, by a rustc of the machine, in a sandbox. */
export function rustLanguage({ environment = {}, ...times }: RustContext): Language {
  const { timeoutMs } = buildTimes(times);
  let finding: Promise<Rustc | undefined> | undefined;
  const find = async () => {
    finding ??= findRustc(environment);
    const rustc = await finding;
    // It may be installed while the server runs.
    if (rustc === undefined) finding = undefined;
    return rustc;
  };
  return {
    name: "rust",
    title: "Rust",
    extensions: ["rs"],
    async toolchainVersion() {
      const rustc = await find();
      return rustc === undefined ? "missing" : `${rustc.version} ${rustc.target} ${flags("")}`;
    },
    async build(source) {
      const rustc = await find();
      if (rustc === undefined) return err(missing());
      const text = utf8Text(source);
      return text.ok ? await compile(rustc, source, timeoutMs) : text;
    },
  };
}

function missing(): SkerryError {
  const message = `Cannot build Rust: no rustc with the target ${TARGETS.join(" or ")} is here; ` +
    `run "${INSTALL}" or "rustup target add ${TARGETS[0]}"`;
  return skerryError("toolchain_missing", message, { install: INSTALL });
}

async function findRustc(environment: ToolEnvironment): Promise<Rustc | undefined> {
  const usual = ["/usr/bin/rustc", "/usr/local/bin/rustc"];
  for (const program of findPrograms("rustc", environment.SKERRY_RUSTC, usual, environment)) {
    const sysroot = await ask(program, ["--print", "sysroot"], environment);
    const version = await ask(program, ["--version"], environment);
    if (sysroot === undefined || version === undefined) continue;
    const target = TARGETS.find((each) => existsSync(join(sysroot, "lib/rustlib", each)));
    if (target !== undefined) return { sysroot, target, version };
  }
  return undefined;
}

function compile(
  rustc: Rustc,
  source: Source,
  timeoutMs: number,
): Promise<Result<Artifact, SkerryError>> {
  return withSandbox("Rust", (sandbox) =>
    withBuildFolder(async (folder) => {
      await writeFile(join(folder, basename(MAIN)), source.bytes);
      const outcome = await sandbox.run(job(rustc, folder, source.fileName, timeoutMs));
      const limit = endedByLimit(outcome, source);
      if (limit !== undefined) return err(limit);
      const messages = parseRustMessages(outcome.text);
      if (outcome.kind !== "exited" || outcome.exitCode !== 0) {
        return err(compilerRefused(source, messages));
      }
      const module = new Uint8Array(await readFile(join(folder, OUTPUT)));
      const diagnostics = boundedDiagnostics(messages.diagnostics);
      return ok({ kind: "module", module, ...diagnostics.length === 0 ? {} : { diagnostics } });
    }));
}

/** Messages, `file!()` and panics know the source by the user's name. rustc takes the last `=` for its own. */
function flags(fileName: string): string[] {
  return [...FLAGS, `--remap-path-prefix=${MAIN}=${fileName.replaceAll("=", "-")}`];
}

function job(
  { sysroot, target }: Rustc,
  folder: string,
  fileName: string,
  timeoutMs: number,
): SandboxJob {
  const guest = sysroot === "/usr" ? sysroot : "/toolchain";
  const program = `${guest}/bin/rustc`;
  return {
    command: [
      program,
      ...["--sysroot", guest, "--target", target, ...flags(fileName)],
      ...[
        "--error-format=json",
        "--crate-type=bin",
        "--crate-name=main",
        "-o",
        `${BUILD_FOLDER}/${OUTPUT}`,
        MAIN,
      ],
    ],
    environment: { PATH: `${guest}/bin:/usr/bin`, TMPDIR: "/tmp" },
    mounts: [
      ...toolchainMounts(sysroot, guest),
      { host: folder, guest: BUILD_FOLDER, isWritable: true },
    ],
    // rustc asks where it is itself; there is no /proc to read anything else from.
    links: { "/proc/self/exe": program },
    limits: nativeLimits(timeoutMs),
  };
}

/** Of `/usr`, where everything else is too, only the compiler's own files. */
function toolchainMounts(sysroot: string, guest: string): Mount[] {
  if (sysroot !== "/usr") return [{ host: sysroot, guest }];
  return ["/usr/lib/rustlib", "/usr/bin/rustc", "/usr/bin/rust-lld"]
    .filter((path) => existsSync(path))
    .map((path) => ({ host: path, guest: path }));
}
