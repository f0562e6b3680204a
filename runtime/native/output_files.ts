import { closeSync, constants, openSync } from "node:fs";
import { lstat, mkdir, readdir, unlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { err, ok, type Result } from "../result.ts";
import { codeText } from "./allowed_folders.ts";

const PLACEHOLDER = "XXXXXX";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ATTEMPTS = 100;
/** Clients receive the path into a buffer of 1,024 bytes. */
const MAX_PATH_BYTES = 1000;
const MODE = 0o600;
const FLAGS = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR;

/** What {@linkcode OutputFiles} works with. */
export interface OutputFilesOptions {
  /** A path that ends in `XXXXXX`. */
  readonly template: string;
  /** How long a file is kept after it was last written to. */
  readonly keepMs: number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Fresh files with random names, as `mkstemp` makes them, which are removed after a while. */
export class OutputFiles {
  readonly #prefix: string;
  readonly #options: OutputFilesOptions;

  private constructor(prefix: string, options: OutputFilesOptions) {
    this.#prefix = prefix;
    this.#options = options;
  }

  /** Makes the folder. The error is a sentence. */
  static async open(options: OutputFilesOptions): Promise<Result<OutputFiles, string>> {
    const template = resolve(options.template);
    if (!template.endsWith(PLACEHOLDER)) {
      return err(`The template of output files must end in ${PLACEHOLDER}, found "${template}"`);
    }
    if (new TextEncoder().encode(template).length > MAX_PATH_BYTES || /[\n\0]/.test(template)) {
      return err(
        `The template of output files must be one line of at most ${MAX_PATH_BYTES} bytes`,
      );
    }
    try {
      await mkdir(dirname(template), { recursive: true, mode: 0o700 });
    } catch (error) {
      return err(`Cannot make the folder of output files ${dirname(template)}: ${codeText(error)}`);
    }
    return ok(new OutputFiles(template.slice(0, -PLACEHOLDER.length), options));
  }

  /**
   * Makes an empty file that only the server's user can read, and returns its absolute path. At once, as the event loop's
   * detour costs a call more time than the file does.
   */
  create(): Result<string, string> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const path = this.#prefix + this.#suffix();
      try {
        closeSync(openSync(path, FLAGS, MODE));
        return ok(path);
      } catch (error) {
        if ((error as { code?: unknown }).code !== "EEXIST") {
          return err(`cannot make the output file: ${codeText(error)}`);
        }
      }
    }
    return err("cannot make the output file: every name tried is taken");
  }

  /** Removes files, also of earlier servers, that nobody has written to for as long as they are kept. */
  async sweep(): Promise<void> {
    const folder = dirname(this.#prefix + "x");
    const name = basename(this.#prefix + "x").slice(0, -1);
    const names = await readdir(folder).catch(() => []);
    const oldest = this.#options.now() - this.#options.keepMs;
    for (const candidate of names) {
      if (!candidate.startsWith(name) || !isSuffix(candidate.slice(name.length))) continue;
      const path = join(folder, candidate);
      // Whatever a function has put in the place of its file.
      const stats = await lstat(path).catch(() => undefined);
      if (stats !== undefined && stats.mtimeMs < oldest) await unlink(path).catch(() => {});
    }
  }

  #suffix(): string {
    const letter = () => ALPHABET[Math.floor(this.#options.random() * ALPHABET.length)];
    return Array.from(PLACEHOLDER, letter).join("");
  }
}

function isSuffix(text: string): boolean {
  return /^[A-Za-z0-9]{6}$/.test(text);
}
