import type { Artifact } from "../../build/artifact.ts";
import { decodeArtifact, encodeArtifact } from "../../build/artifact_file.ts";
import { err, ok, type Result } from "../../result.ts";

/** The module a build made, or that was deployed. */
export const MODULE_FILE = "code.wasm";
/** Everything else an artifact has. */
export const PROGRAM_FILE = "program.bin";

/** A module in its own file leaves this in the other. */
const ELSEWHERE = new Uint8Array(0);

/** The files that hold an artifact. A plain module is just itself. */
export function artifactFiles(artifact: Artifact): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  if (artifact.kind === "static" || typeof artifact.module === "string") {
    return files.set(PROGRAM_FILE, encodeArtifact(artifact));
  }
  const { module, handler, program } = artifact;
  files.set(MODULE_FILE, module);
  if (handler === undefined && program === undefined) return files;
  return files.set(PROGRAM_FILE, encodeArtifact({ ...artifact, module: ELSEWHERE }));
}

/**
 * Reads what {@linkcode artifactFiles} made.
 *
 * @returns What is wrong, continuing a sentence.
 */
export function readArtifact(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Result<Artifact, string> {
  const module = files.get(MODULE_FILE);
  const packed = files.get(PROGRAM_FILE);
  if (packed === undefined) {
    return module === undefined
      ? err(`there is neither ${MODULE_FILE} nor ${PROGRAM_FILE}`)
      : ok({ kind: "module", module });
  }
  const artifact = decodeArtifact(packed);
  if (artifact === undefined) return err(`${PROGRAM_FILE} is not what was written`);
  if (artifact.kind === "static" || typeof artifact.module === "string") return ok(artifact);
  return module === undefined ? err(`there is no ${MODULE_FILE}`) : ok({ ...artifact, module });
}
