import type { Artifact, EngineName } from "../../build/artifact.ts";
import type { Program } from "../../isolate/program.ts";
import { err, ok, type Result } from "../../result.ts";

/** The module a build made, or that was deployed. */
export const MODULE_FILE = "code.wasm";
/** Everything else an artifact has. */
export const PROGRAM_FILE = "program.bin";

/** An artifact as it is stored, with the engine its program was made for. */
export interface StoredArtifact {
  readonly artifact: Artifact;
  /** SHA-256 of the engine's module. */
  readonly engineHash?: string;
}

/** What stands before the bytes in {@linkcode PROGRAM_FILE}; each `length` is that of one stretch of them. */
interface Header {
  readonly kind: Artifact["kind"];
  readonly contentType?: string;
  readonly bodyLength?: number;
  readonly engine?: EngineName;
  readonly engineHash?: string;
  readonly handler?: string;
  readonly program?: {
    readonly args: readonly string[];
    readonly files: readonly { readonly path: string; readonly length: number }[];
    readonly snapshot?: {
      readonly memoryPages: number;
      readonly extents: readonly { readonly start: number; readonly length: number }[];
    };
  };
}

const MAGIC = new TextEncoder().encode("SKPRG1\n\0");
const HEADER_START = MAGIC.length + 4;

/** The files that hold an artifact. A plain module is just itself. */
export function encodeArtifact(
  { artifact, engineHash }: StoredArtifact,
): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  if (artifact.kind === "static") {
    const { kind, contentType, body } = artifact;
    files.set(PROGRAM_FILE, pack({ kind, contentType, bodyLength: body.length }, [body]));
    return files;
  }
  const { kind, module, handler, program } = artifact;
  const engine = typeof module === "string" ? module : undefined;
  if (typeof module !== "string") files.set(MODULE_FILE, module);
  if (engine !== undefined || handler !== undefined || program !== undefined) {
    const header = { kind, engine, engineHash, handler, program: program && describe(program) };
    files.set(PROGRAM_FILE, pack(header, program === undefined ? [] : stretchesOf(program)));
  }
  return files;
}

/**
 * Reads what {@linkcode encodeArtifact} wrote.
 *
 * @returns What is wrong, continuing a sentence
 */
export function decodeArtifact(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Result<StoredArtifact, string> {
  const module = files.get(MODULE_FILE);
  const packed = files.get(PROGRAM_FILE);
  if (packed === undefined) {
    return module === undefined
      ? err(`there is neither ${MODULE_FILE} nor ${PROGRAM_FILE}`)
      : ok({ artifact: { kind: "module", module } });
  }
  try {
    const { header, bytes } = unpack(packed);
    return decode(header, new Stretches(bytes), module);
  } catch (thrown) {
    return err(`${PROGRAM_FILE} cannot be read: ${(thrown as Error).message}`);
  }
}

function decode(
  header: Header,
  stretches: Stretches,
  module: Uint8Array<ArrayBuffer> | undefined,
): Result<StoredArtifact, string> {
  const { kind, contentType = "", bodyLength = 0, engine, engineHash, handler } = header;
  if (kind === "static") {
    return ok({ artifact: { kind, contentType, body: stretches.take(bodyLength) } });
  }
  const runs = engine ?? module;
  if (runs === undefined) return err(`there is no ${MODULE_FILE}`);
  const program = header.program && readProgram(header.program, stretches);
  return ok({ artifact: { kind, module: runs, handler, program }, engineHash });
}

function describe({ args, files, snapshot }: Program): NonNullable<Header["program"]> {
  return {
    args,
    files: Object.entries(files).map(([path, { length }]) => ({ path, length })),
    snapshot: snapshot && {
      memoryPages: snapshot.memoryPages,
      extents: snapshot.extents.map(({ start, bytes: { length } }) => ({ start, length })),
    },
  };
}

function stretchesOf({ files, snapshot }: Program): Uint8Array[] {
  return [...Object.values(files), ...(snapshot?.extents ?? []).map(({ bytes }) => bytes)];
}

function readProgram(
  { args, files, snapshot }: NonNullable<Header["program"]>,
  stretches: Stretches,
): Program {
  return {
    args,
    files: Object.fromEntries(files.map(({ path, length }) => [path, stretches.take(length)])),
    snapshot: snapshot && {
      memoryPages: snapshot.memoryPages,
      extents: snapshot.extents.map(({ start, length }) => {
        return { start, bytes: stretches.take(length) };
      }),
    },
  };
}

function pack(header: Header, stretches: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const total = stretches.reduce((sum, { length }) => sum + length, HEADER_START + text.length);
  const packed = new Uint8Array(total);
  packed.set(MAGIC);
  new DataView(packed.buffer).setUint32(MAGIC.length, text.length, true);
  packed.set(text, HEADER_START);
  let position = HEADER_START + text.length;
  for (const stretch of stretches) {
    packed.set(stretch, position);
    position += stretch.length;
  }
  return packed;
}

function unpack(packed: Uint8Array<ArrayBuffer>): { header: Header; bytes: Uint8Array } {
  if (packed.length < HEADER_START || !MAGIC.every((byte, i) => packed[i] === byte)) {
    throw new Error("it does not begin as such a file does");
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const end = HEADER_START + view.getUint32(MAGIC.length, true);
  const header = JSON.parse(new TextDecoder().decode(packed.subarray(HEADER_START, end)));
  return { header, bytes: packed.subarray(end) };
}

/** Hands out bytes, one stretch after another, each in a buffer of its own. */
class Stretches {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new Error("it ends too early");
    const taken = new Uint8Array(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return taken;
  }
}
