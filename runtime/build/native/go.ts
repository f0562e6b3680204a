import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Artifact } from "../artifact.ts";
import { compilerRefused } from "../diagnostics.ts";
import type { Language, Source } from "../language.ts";
import { ask, findPrograms, type ToolEnvironment } from "./find_program.ts";
import { parseGoMessages } from "./go_messages.ts";
import { endedByLimit, nativeLimits, withSandbox } from "./native_build.ts";
import { type SandboxJob, withBuildFolder } from "./sandbox.ts";

const INSTALL = "apt-get install golang-go";
/** The first version that builds for WASI. */
const MIN_MINOR = 21;
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
export interface GoContext {
  readonly environment?: ToolEnvironment;
  /** Where the compiled library is kept between builds. @default nowhere: every build compiles it */
  readonly workFolder?: string;
}

/** Go, by a `go` of the machine, in a sandbox. */
export function goLanguage({ environment = {}, workFolder }: GoContext): Language {
  let finding: Promise<Go | undefined> | undefined;
  const find = async () => {
    finding ??= findGo(environment);
    const go = await finding;
    // It may be installed while the server runs.
    if (go === undefined) finding = undefined;
    return go;
  };
  const cacheOf = ({ version }: Go) => workFolder && new GoCache(join(workFolder, version));
  return {
    name: "go",
    title: "Go",
    extensions: ["go"],
    async toolchainVersion() {
      const go = await find();
      return go === undefined ? "missing" : `${go.version} ${FLAGS}`;
    },
    async load() {
      const go = await find();
      if (go === undefined) return err(missing());
      const cache = cacheOf(go);
      return cache
        ? await cache.warmUp((folder) => compile(go, WARM_UP_SOURCE, folder))
        : ok(undefined);
    },
    async build(source) {
      const go = await find();
      if (go === undefined) return err(missing());
      const cache = cacheOf(go);
      return cache ? await compile(go, source, cache.folder) : await compile(go, source);
    },
  };
}

const WARM_UP_SOURCE: Source = { fileName: MAIN, bytes: new TextEncoder().encode(WARM_UP) };

function missing(): SkerryError {
  const message = `Cannot build Go: no go of version 1.${MIN_MINOR} or later is here; ` +
    `run "${INSTALL}", or set SKERRY_GO`;
  return skerryError("toolchain_missing", message, { install: INSTALL });
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

/** The compiled library of one version of Go, kept between builds. */
class GoCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Compiles the usual part of the library, once, so that this is nobody's build. */
  async warmUp(
    compileInto: (folder: string) => Promise<Result<Artifact, SkerryError>>,
  ): Promise<Result<void, SkerryError>> {
    const mark = join(this.folder, "warm");
    if (existsSync(mark)) return ok(undefined);
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    const built = await compileInto(this.folder);
    if (!built.ok) return built;
    await writeFile(mark, "");
    return ok(undefined);
  }
}

function compile(
  go: Go,
  source: Source,
  cacheFolder?: string,
): Promise<Result<Artifact, SkerryError>> {
  return withSandbox("Go", (sandbox) =>
    withBuildFolder(async (folder) => {
      await writeFile(join(folder, MAIN), source.bytes);
      const outcome = await sandbox.run(job(go, folder, cacheFolder));
      const limit = endedByLimit(outcome, source);
      if (limit !== undefined) return err(limit);
      if (outcome.kind !== "exited" || outcome.exitCode !== 0) {
        return err(compilerRefused(source, parseGoMessages(outcome.text, MAIN, source.fileName)));
      }
      const module = new Uint8Array(await readFile(join(folder, OUTPUT)));
      return ok({ kind: "module", module });
    }));
}

function job({ root }: Go, folder: string, cacheFolder: string | undefined): SandboxJob {
  const cache = cacheFolder ? [{ host: cacheFolder, guest: "/cache", isWritable: true }] : [];
  return {
    command: ["/go/bin/go", "build", ...FLAGS, "-o", `/work/${OUTPUT}`, `/work/${MAIN}`],
    environment: {
      ...{ GOOS: "wasip1", GOARCH: "wasm", GOROOT: "/go", GOPATH: "/tmp/gopath" },
      ...{ GOCACHE: cacheFolder ? "/cache" : "/tmp/cache", HOME: "/tmp", PATH: "/go/bin" },
      // One file and the standard library: nothing is fetched, and no other tool is run.
      ...{ GO111MODULE: "off", GOPROXY: "off", GOTOOLCHAIN: "local", GOENV: "off" },
      ...{ CGO_ENABLED: "0", GOTELEMETRY: "off", GOFLAGS: "" },
    },
    mounts: [
      { host: root, guest: "/go" },
      { host: folder, guest: "/work", isWritable: true },
      ...cache,
    ],
    links: { "/proc/self/exe": "/go/bin/go" },
    limits: { ...nativeLimits(), memoryBytes: 4 * 2 ** 30 },
  };
}
