/**
 * Contents of a directory: bytes for a file, a string for a symbolic link, an object for a
 * directory.
 */
export interface MemoryContents {
  readonly [name: string]: Uint8Array | string | MemoryContents;
}

export interface TemplateFile {
  readonly kind: "file";
  readonly ino: bigint;
  readonly bytes: Uint8Array;
}

export interface TemplateLink {
  readonly kind: "link";
  readonly ino: bigint;
  readonly target: string;
}

export interface TemplateDirectory {
  readonly kind: "directory";
  readonly ino: bigint;
  readonly entries: ReadonlyMap<string, Template>;
}

/**
 * What every run finds. Its inodes are numbered once, in order, so that the numbers a run sees do
 * not depend on what earlier ones looked at.
 */
export type Template = TemplateDirectory | TemplateFile | TemplateLink;

/** A template, and the first inode number it leaves free. */
export interface NumberedTemplate {
  readonly root: TemplateDirectory;
  readonly nextIno: bigint;
}

/** Numbers the contents of a directory and all below it. */
export function numberContents(contents: MemoryContents): NumberedTemplate {
  let nextIno = 1n;
  const number = (value: MemoryContents[string]): Template => {
    const ino = nextIno++;
    if (value instanceof Uint8Array) return { kind: "file", ino, bytes: value };
    return typeof value === "string" ? { kind: "link", ino, target: value } : directory(ino, value);
  };
  const directory = (ino: bigint, values: MemoryContents): TemplateDirectory => {
    const entries = new Map<string, Template>();
    for (const [name, value] of Object.entries(values)) entries.set(name, number(value));
    return { kind: "directory", ino, entries };
  };
  const root = directory(nextIno++, contents);
  return { root, nextIno };
}
