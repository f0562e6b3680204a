import { Buffer } from "node:buffer";
import { basename, dirname, extname, join } from "node:path";
import { languageOfExtension } from "../../runtime/build/languages.ts";
import { err, ok, type Result } from "../../runtime/result.ts";
import type { Option, ParsedArguments } from "../arguments.ts";
import { diagnosticLines } from "../diagnostics.ts";
import type { ManagementClient, ManagementError, ManagementRequest } from "../management_client.ts";
import { withProgress } from "../progress.ts";
import { serverVerb } from "../server_verb.ts";
import { readBytes, readStdin } from "../standard_streams.ts";
import { terminalOf } from "../terminal.ts";
import type { FunctionDetailsJson } from "./function_json.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  name: { value: "NAME", help: "the function's name and place; default: the file's", letter: "n" },
  lang: { value: "L", help: "its language; default: by the file's extension", letter: "l" },
  config: { value: "FILE", help: "its configuration; default: NAME.toml beside the file, if any" },
  replace: { help: "deploy a new version if the name is taken" },
};

/** What is to be deployed. */
interface Deployment {
  /** As the user names it. */
  readonly file: string;
  readonly name: string;
  readonly language: string;
  readonly source: Uint8Array<ArrayBuffer>;
  readonly config: string | undefined;
  readonly isReplacing: boolean;
}

/** `skerry deploy FILE`. */
export const deployVerb = serverVerb({
  name: "deploy",
  summary: "Builds a source file on a Skerry server and serves it.",
  usage: "skerry deploy FILE [OPTIONS]",
  options: OPTIONS,
  notes:
    `FILE is a source in any language the server builds, a module (.wasm), or - for standard input, with
--name and --lang. Languages: c cpp go html js php python rust ts wasm wat.`,
  operands: ["FILE"],
  async run({ operands: [file], args, client, context, fail, misused }) {
    const identity = readIdentity(file!, args);
    if (!identity.ok) return misused(identity.error);
    const read = await readDeployment(file!, identity.value, args);
    if (!read.ok) return fail({ code: "unreadable_file", message: read.error });
    const deployed = await withProgress(`Deploying ${file}`, send(client, read.value));
    if (!deployed.ok) {
      if (args.switches.json) return fail(deployed.error);
      return fail(explained(deployed.error, read.value, context.printError));
    }
    const url = new URL(deployed.value.url ?? deployed.value.route, client.url).href;
    if (args.switches.json) context.print(JSON.stringify({ ...deployed.value, url }));
    else context.print(`Deployed ${deployed.value.id}: ${url}`);
    return 0;
  },
});

type Identity = Pick<Deployment, "name" | "language">;

function readIdentity(file: string, { values }: ParsedArguments): Result<Identity, string> {
  const extension = extname(file);
  const name = values.name ?? basename(file, extension);
  const language = values.lang ?? languageOfExtension(extension.slice(1));
  if (file === "-" && values.name === undefined) return err("Standard input needs --name");
  if (language !== undefined) return ok({ name, language });
  return err(
    file === "-"
      ? "Standard input needs --lang"
      : `Cannot tell the language of ${file} by its extension; name it with --lang`,
  );
}

async function readDeployment(
  file: string,
  identity: Identity,
  { values, switches }: ParsedArguments,
): Promise<Result<Deployment, string>> {
  const source = file === "-" ? ok(await readStdin()) : await readBytes(file);
  if (!source.ok) return source;
  const config = await readConfig(file, values.config);
  if (!config.ok) return config;
  return ok({
    ...identity,
    file,
    source: source.value,
    config: config.value,
    isReplacing: switches.replace ?? false,
  });
}

async function readConfig(
  file: string,
  given: string | undefined,
): Promise<Result<string | undefined, string>> {
  if (given === undefined && file === "-") return ok(undefined);
  const path = given ?? join(dirname(file), `${basename(file, extname(file))}.toml`);
  const read = await readBytes(path);
  if (read.ok) return ok(new TextDecoder().decode(read.value));
  return given === undefined ? ok(undefined) : read;
}

async function send(
  client: ManagementClient,
  deployment: Deployment,
): Promise<Result<FunctionDetailsJson, ManagementError>> {
  return await client.json("functions", { method: "POST", ...requestOf(deployment) });
}

/** The source as it is where that says it all; with a configuration, both in JSON. */
function requestOf(
  { name, language: lang, source, config, isReplacing }: Deployment,
): ManagementRequest {
  if (config === undefined) {
    return { query: { name, lang, replace: isReplacing ? "true" : undefined }, body: source };
  }
  const code = Buffer.from(source).toString("base64");
  const members = { name, lang, code, base64: true, config, replace: isReplacing };
  return { contentType: "application/json", body: JSON.stringify(members) };
}

/** Prints what a compiler said, and leaves of the error what is left to say. */
function explained(
  error: ManagementError,
  { file, name, source }: Deployment,
  printError: (line: string) => void,
): ManagementError {
  const { diagnostics = [] } = error;
  if (diagnostics.length === 0) return error;
  const serverFile = diagnostics.map((each) => each.file).find((each) => each?.startsWith(name));
  const text = new TextDecoder().decode(source);
  const here = serverFile === undefined ? undefined : { serverFile, path: file, text };
  const lines = diagnosticLines(diagnostics, here, terminalOf("stderr").paint);
  printError(lines.join("\n"));
  return { ...error, message: `Cannot build ${file}` };
}
