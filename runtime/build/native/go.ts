import { Buffer } from "node:buffer";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { arch } from "node:process";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Artifact } from "../artifact.ts";
import { type BuildTimes, buildTimes } from "../build_times.ts";
import { compilerRefused } from "../diagnostics.ts";
import type { Language, Source } from "../language.ts";
import { isModule } from "../prebuilt.ts";
import { directiveName, utf8Text, withoutByteOrderMark } from "../source_text.ts";
import { ask, findPrograms, type ToolEnvironment } from "./find_program.ts";
import { GoCache } from "./go_cache.ts";
import { parseGoMessages } from "./go_messages.ts";
import { BUILD_FOLDER, endedByLimit, nativeLimits, withSandbox } from "./native_build.ts";
import { type SandboxJob, withBuildFolder } from "./sandbox.ts";

/** The first version that builds for WASI. */
const MIN_MINOR = 21;
/** Not the distribution's, which may be older: Debian 12 has 1.19. */
const INSTALL = `curl -fsSL https://go.dev/dl/go1.26.8.linux-${
  arch === "x64" ? "amd64" : arch
}.tar.gz | tar -C /usr/local -xz`;
const MAIN = "main.go";
const OUTPUT = "main.wasm";
const FLAGS = ["-trimpath", "-ldflags=-s -w"];
/** What fills Go's cache before the first build: the part of the library nearly every program uses. */
const WARM_UP = `package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	fmt.Println(bufio.NewReader(os.Stdin), json.Valid(nil), io.EOF, strings.ToUpper(""))
}
`;

/** A Go that builds for WASI. */
interface Go {
  readonly root: string;
  /** E.g. `go1.26.8`. */
  readonly version: string;
}

/** What Go needs to know of the server. */
export interface GoContext extends BuildTimes {
  readonly environment?: ToolEnvironment;
  /** Where the compiled library is kept between builds. @default nowhere: every build compiles it */
  readonly workFolder?: string;
}

/** Go, by a `go` of the machine, in a sandbox. */
export function goLanguage(context: GoContext): Language {
  return new GoLanguage(context);
}

class GoLanguage implements Language {
  readonly name = "go";
  readonly title = "Go";
  readonly extensions = ["go"] as const;
  readonly #environment: ToolEnvironment;
  readonly #workFolder: string | undefined;
  readonly #times: Required<BuildTimes>;
  #finding: Promise<Go | undefined> | undefined;
  #cache: GoCache | undefined;

  constructor({ environment = {}, workFolder, ...times }: GoContext) {
    this.#environment = environment;
    this.#workFolder = workFolder;
    this.#times = buildTimes(times);
  }

  async toolchainVersion(): Promise<string> {
    const go = await this.#find();
    return go === undefined ? "missing" : `${go.version} ${FLAGS} ${naming("")}`;
  }

  /** Compiling the library the first time is the toolchain's, so that it is nobody's build. */
  async load(): Promise<Result<void, SkerryError>> {
    const go = await this.#find();
    if (go === undefined) return err(missing());
    const cache = this.#cacheOf(go);
    if (cache === undefined) return ok(undefined);
    const compilation = { timeoutMs: this.#times.loadTimeoutMs, cache: cache.folder };
    const prepared = await cache.prepare(() => compile(go, WARM_UP_SOURCE, compilation));
    return prepared.ok ? prepared : err(notLoaded(prepared.error));
  }

  async build(source: Source): Promise<Result<Artifact, SkerryError>> {
    const go = await this.#find();
    if (go === undefined) return err(missing());
    const text = utf8Text(source);
    if (!text.ok) return text;
    const { timeoutMs } = this.#times;
    return await compile(go, source, { timeoutMs, cache: this.#cacheOf(go)?.folder });
  }

  async #find(): Promise<Go | undefined> {
    this.#finding ??= findGo(this.#environment);
    const go = await this.#finding;
    // It may be installed while the server runs.
    if (go === undefined) this.#finding = undefined;
    return go;
  }

  #cacheOf({ version }: Go): GoCache | undefined {
    if (this.#workFolder === undefined) return undefined;
    return this.#cache ??= new GoCache({ folder: join(this.#workFolder, version) });
  }
}

const WARM_UP_SOURCE: Source = {
  fileName: "Go's own library",
  bytes: new TextEncoder().encode(WARM_UP),
};

function missing(): SkerryError {
  const message = `Cannot build Go: no go of version 1.${MIN_MINOR} or later is here; ` +
    `run "${INSTALL}", install the distribution's if it is as new, or set SKERRY_GO`;
  return skerryError("toolchain_missing", message, { install: INSTALL });
}

/** Not the doing of whoever has written a source. */
function notLoaded({ code, message, details }: SkerryError): SkerryError {
  if (code !== "build_failed") return skerryError(code, message, details);
  return skerryError(details?.limit === "time" ? "timeout" : "internal_error", message);
}

async function findGo(environment: ToolEnvironment): Promise<Go | undefined> {
  const usual = ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"];
  for (const program of findPrograms("go", environment.SKERRY_GO, usual, environment)) {
    const local = { ...environment, GOTOOLCHAIN: "local", GOFLAGS: "" };
    const answer = await ask(program, ["env", "GOROOT", "GOVERSION"], local);
    const [root, version] = answer?.split("\n") ?? [];
    const minor = Number(/^go1\.(\d+)/.exec(version ?? "")?.[1] ?? 0);
    if (root && version && minor >= MIN_MINOR) return { root, version: version.split(" ")[0]! };
  }
  return undefined;
}

/** How to build: how long, milliseconds, and with which cache. */
interface Compilation {
  readonly timeoutMs: number;
  readonly cache: string | undefined;
}

function compile(
  go: Go,
  source: Source,
  compilation: Compilation,
): Promise<Result<Artifact, SkerryError>> {
  return withSandbox("Go", (sandbox) =>
    withBuildFolder(async (folder) => {
      await writeFile(join(folder, MAIN), named(source));
      const outcome = await sandbox.run(job(go, folder, compilation));
      const limit = endedByLimit(outcome, source);
      if (limit !== undefined) return err(limit);
      if (outcome.kind !== "exited" || outcome.exitCode !== 0) {
        return err(compilerRefused(source, parseGoMessages(outcome.text)));
      }
      const module = new Uint8Array(await readFile(join(folder, OUTPUT)));
      return isModule(module) ? ok({ kind: "module", module }) : err(noProgram(source));
    }));
}

/** What follows is the first line of the user's file, in messages and in panics. */
function naming(fileName: string): string {
  return `//line ${directiveName(fileName)}:1:1\n`;
}

/** The file itself keeps a plain name, since Go builds `x_linux.go` and `x_test.go` elsewhere only. */
function named({ fileName, bytes }: Source): Uint8Array {
  // With a line to be the end of, should there be no other.
  const [before, after] = [naming(fileName), "\n"].map((each) => Buffer.from(each));
  return Buffer.concat([before!, withoutByteOrderMark(bytes), after!]);
}

/** Of any other package than `main` Go makes an archive. */
function noProgram(source: Source): SkerryError {
  const message = "its package is not main, which a program's is";
  const diagnostics = [{ severity: "error", message, file: source.fileName }] as const;
  return compilerRefused(source, { text: `${source.fileName}: ${message}`, diagnostics });
}

function job({ root }: Go, folder: string, { timeoutMs, cache }: Compilation): SandboxJob {
  return {
    command: [
      "/go/bin/go",
      "build",
      ...FLAGS,
      "-o",
      `${BUILD_FOLDER}/${OUTPUT}`,
      `${BUILD_FOLDER}/${MAIN}`,
    ],
    environment: {
      ...{ GOOS: "wasip1", GOARCH: "wasm", GOROOT: "/go", GOPATH: "/tmp/gopath" },
      ...{ GOCACHE: cache ? "/cache" : "/tmp/cache", HOME: "/tmp", PATH: "/go/bin" },
      // One file and the standard library: nothing is fetched, and no other tool is run.
      ...{ GO111MODULE: "off", GOPROXY: "off", GOTOOLCHAIN: "local", GOENV: "off" },
      ...{ CGO_ENABLED: "0", GOTELEMETRY: "off", GOFLAGS: "", GOMAXPROCS: "4" },
    },
    mounts: [
      { host: root, guest: "/go" },
      { host: folder, guest: BUILD_FOLDER, isWritable: true },
      ...cache ? [{ host: cache, guest: "/cache", isWritable: true }] : [],
    ],
    links: { "/proc/self/exe": "/go/bin/go" },
    limits: { ...nativeLimits(timeoutMs), memoryBytes: 4 * 2 ** 30 },
  };
}
