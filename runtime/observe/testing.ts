/** What the tests of this folder put in place of the disk. */
import type { LogFile, LogFiles } from "./log_files.ts";

/** Files in memory, of a disk that can be full, hang, or take half a line. */
export class MemoryLogFiles implements LogFiles {
  readonly texts = new Map<string, string>();
  readonly #modified = new Map<string, number>();
  appends = 0;
  isFull = false;
  tearsNext = false;
  #hanging: Promise<void> | undefined;

  /** Lets writes wait until the returned function is called. */
  hang(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hanging = promise;
    return resolve;
  }

  async append(name: string, text: string): Promise<void> {
    await this.#hanging;
    if (this.isFull) throw new Error("ENOSPC");
    this.appends++;
    const taken = this.tearsNext ? text.slice(0, text.length / 2) : text;
    this.texts.set(name, (this.texts.get(name) ?? "") + taken);
    this.#modified.set(name, this.appends);
    if (!this.tearsNext) return;
    this.tearsNext = false;
    throw new Error("ENOSPC");
  }

  read(name: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(name));
  }

  rename(from: string, to: string): Promise<void> {
    this.texts.set(to, this.texts.get(from)!);
    this.#modified.set(to, this.#modified.get(from)!);
    return this.remove(from);
  }

  remove(name: string): Promise<void> {
    this.texts.delete(name);
    return Promise.resolve();
  }

  list(): Promise<readonly LogFile[]> {
    return Promise.resolve([...this.texts].map(([name, text]) => {
      const modifiedMs = this.#modified.get(name) ?? 0;
      return { name, size: new TextEncoder().encode(text).length, modifiedMs };
    }));
  }
}
