import { join } from "node:path";
import { DENO_SOURCE, ROOT, type Runtime } from "./server.ts";

/** Builds the bundle into a folder of its own and returns its path. */
export async function buildBundle(folder: string): Promise<string> {
  const file = join(folder, "skerry.mjs");
  await run(Deno.execPath(), [
    "run",
    "-A",
    "--node-modules-dir=auto",
    join(ROOT, "scripts/bundle.ts"),
    "--out",
    file,
  ]);
  return file;
}

/** Every way Skerry is run: from source on Deno, and the bundle on Deno and on Node 22 and 24. */
export async function allRuntimes(bundle: string): Promise<Runtime[]> {
  const [node22, node24] = await Promise.all([nodeBinary(22), nodeBinary(24)]);
  return [
    DENO_SOURCE,
    { name: "Deno, from the bundle", command: [Deno.execPath(), "run", "-A", bundle] },
    { name: "Node 22, from the bundle", command: [node22, bundle] },
    { name: "Node 24, from the bundle", command: [node24, bundle] },
  ];
}

/** The path of a Node binary of this major version, from its npm package. */
export async function nodeBinary(major: number): Promise<string> {
  const args = ["-y", "-p", `node@${major}`, "node", "-p", "process.execPath"];
  return (await run("npx", args)).trim();
}

/** Runs a program to its end and returns what it printed; fails with what it complained about. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<string> {
  const { cwd = ROOT } = options;
  const output = await new Deno.Command(program, { args: [...args], cwd }).output();
  if (output.success) return new TextDecoder().decode(output.stdout);
  const message = new TextDecoder().decode(output.stderr);
  throw new Error(`${program} ${args.join(" ")} failed with code ${output.code}:\n${message}`);
}
