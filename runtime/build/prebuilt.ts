import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { Artifact } from "./artifact.ts";
import type { Language, Source } from "./language.ts";

/** The first eight bytes of a module of version 1. */
const PREAMBLE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** A module someone else built. It is only looked at here; whoever prepares it refuses what cannot run. */
export function prebuiltLanguage(): Language {
  return {
    name: "wasm",
    title: "WebAssembly",
    extensions: ["wasm"],
    toolchainVersion: () => Promise.resolve("1"),
    build: (source) => Promise.resolve(checked(source)),
  };
}

function checked({ fileName, bytes }: Source): Result<Artifact, SkerryError> {
  if (isModule(bytes)) return ok({ kind: "module", module: bytes });
  const found = bytes.length === 0 ? "it is empty" : "it does not begin as one of version 1 does";
  return err(skerryError("invalid_module", `Cannot use ${fileName} as a module: ${found}`));
}

/** Whether these bytes begin as a module. */
export function isModule(bytes: Uint8Array): boolean {
  return PREAMBLE.every((byte, index) => bytes[index] === byte);
}
