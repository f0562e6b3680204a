import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const TIMEOUT_MS = 20_000;

/** The variables that say where compilers are, as the server has them. */
export type ToolEnvironment = Readonly<Record<string, string | undefined>>;

/** Names of {@linkcode ToolEnvironment}: where programs are, and what rustup's and Go's own programs look at. */
export const TOOL_VARIABLES = [
  "PATH",
  "HOME",
  "RUSTUP_HOME",
  "RUSTUP_TOOLCHAIN",
  "SKERRY_RUSTC",
  "SKERRY_GO",
] as const;

/** The places where a program of this name may be, that exist and can be run, in order. */
export function findPrograms(
  name: string,
  preferred: string | undefined,
  usual: readonly string[],
  { PATH }: ToolEnvironment,
): string[] {
  const onPath = (PATH ?? "").split(delimiter).filter(isAbsolute).map((at) => join(at, name));
  const all = [...preferred === undefined ? [] : [preferred], ...onPath, ...usual];
  return [...new Set(all)].filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asks a compiler about itself, outside any sandbox; undefined if it does not answer. */
export async function ask(
  program: string,
  args: readonly string[],
  environment: ToolEnvironment,
): Promise<string | undefined> {
  try {
    const options = { cwd: "/", env: { ...environment }, timeout: TIMEOUT_MS };
    const { stdout } = await execute(program, [...args], { ...options, encoding: "utf8" });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
