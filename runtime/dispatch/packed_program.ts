import type { Program } from "../isolate/program.ts";
import type { Snapshot } from "../isolate/snapshot.ts";

/**
 * A program on its way to a worker: its bytes are in memory that all threads share, so that ten workers hold
 * them once. The buffer is posted, not views of it: Deno (2.9.6) takes 100 ms per MiB to receive a view.
 */
export interface PackedProgram {
  readonly args: readonly string[];
  readonly environ: Program["environ"];
  readonly buffer: SharedArrayBuffer;
  readonly files: readonly PackedFile[];
  readonly snapshot: PackedSnapshot | undefined;
}

/** Bytes of the buffer. */
interface Slice {
  readonly offset: number;
  readonly length: number;
}

interface PackedFile extends Slice {
  readonly path: string;
}

interface PackedSnapshot extends Pick<Snapshot, "memoryPages" | "globals"> {
  readonly extents: readonly (Slice & { readonly start: number })[];
}

const packed = new WeakMap<Program, PackedProgram>();

/** Packs a program: the same one only once, for all workers. */
export function packProgram(program: Program): PackedProgram {
  const known = packed.get(program);
  if (known !== undefined) return known;
  const made = pack(program);
  packed.set(program, made);
  return made;
}

function pack({ args, environ, files, snapshot }: Program): PackedProgram {
  const entries = Object.entries(files);
  const extents = snapshot?.extents ?? [];
  let end = 0;
  const place = (bytes: Uint8Array): Slice => {
    const offset = end;
    end += bytes.length;
    return { offset, length: bytes.length };
  };
  const packedFiles = entries.map(([path, bytes]) => ({ path, ...place(bytes) }));
  const packedExtents = extents.map(({ start, bytes }) => ({ start, ...place(bytes) }));
  const buffer = new SharedArrayBuffer(end);
  const all = new Uint8Array(buffer);
  entries.forEach(([, bytes], i) => all.set(bytes, packedFiles[i]!.offset));
  extents.forEach(({ bytes }, i) => all.set(bytes, packedExtents[i]!.offset));
  return {
    args,
    environ,
    buffer,
    files: packedFiles,
    snapshot: snapshot && { ...snapshot, extents: packedExtents },
  };
}

/** What {@linkcode packProgram} packed, as views of the same shared memory. */
export function unpackProgram({ args, environ, buffer, files, snapshot }: PackedProgram): Program {
  const bytesOf = ({ offset, length }: Slice) => new Uint8Array(buffer, offset, length);
  return {
    args,
    environ,
    files: Object.fromEntries(files.map((file) => [file.path, bytesOf(file)])),
    snapshot: snapshot && {
      ...snapshot,
      extents: snapshot.extents.map((each) => ({ start: each.start, bytes: bytesOf(each) })),
    },
  };
}
