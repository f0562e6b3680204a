import type { SkerryError } from "../../errors.ts";
import type { FunctionConfig } from "../../functions/function_config.ts";
import { ok, type Result } from "../../result.ts";
import type { KvNamespaces } from "../app_options.ts";
import { autoOutput } from "./auto_output.ts";
import { cgiOutput } from "./cgi_output.ts";
import type { FunctionOutput } from "./function_output.ts";
import { jsonOutput } from "./json_output.ts";
import { textOutput } from "./text_output.ts";

/**
 * Reads what a function wrote by the rules of its ABI. A JSON function's pairs replace its namespace in `kv`, if it has
 * one.
 *
 * @returns the response, or `bad_function_output`, or what the store refused
 */
export function readOutput(
  config: Pick<FunctionConfig, "abi" | "kvNamespace">,
  stdout: Uint8Array,
  kv: KvNamespaces,
): Result<FunctionOutput, SkerryError> {
  switch (config.abi) {
    case "auto":
      return autoOutput(stdout);
    case "text":
    // What is static does not run; should it, its output is the body.
    case "static":
      return ok(textOutput(stdout));
    case "cgi":
      return cgiOutput(stdout);
    case "json":
      return readJson(stdout, config.kvNamespace, kv);
  }
}

function readJson(
  stdout: Uint8Array,
  namespace: string | undefined,
  kv: KvNamespaces,
): Result<FunctionOutput, SkerryError> {
  const json = jsonOutput(stdout);
  if (!json.ok) return json;
  if (namespace !== undefined) {
    const replaced = kv.replace(namespace, json.value.kv);
    if (!replaced.ok) return replaced;
  }
  return ok(json.value.output);
}
