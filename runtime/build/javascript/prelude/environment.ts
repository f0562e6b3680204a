import { Body } from "./body.ts";
import { flush, print } from "./console.ts";
import { bytesOf, encodeUtf8 } from "./encoding.ts";
import { Headers } from "./headers.ts";
import { noteLate } from "./late.ts";
import { native } from "./native.ts";
import { readEnvironment, readInput, STDERR, write } from "./system.ts";

/** What the server hands over for a handler's request alone. */
const AUTHORIZATION_VARIABLE = "SKERRY_AUTHORIZATION";

interface Surroundings {
  readonly variables: Record<string, string>;
  /** The request's header. */
  readonly authorization: string | undefined;
}

let known: Surroundings | undefined;

/** The run's environment variables, and what is no variable. */
export function surroundings(): Surroundings {
  noteLate();
  if (known !== undefined) return known;
  const variables = Object.fromEntries(readEnvironment());
  const authorization = variables[AUTHORIZATION_VARIABLE];
  delete variables[AUTHORIZATION_VARIABLE];
  return known = { variables, authorization };
}

function environment(): Record<string, string> {
  return surroundings().variables;
}

/** The request's body, for scripts. */
class Input extends Body {
  get headers(): Headers {
    return new Headers({ "content-type": environment().CONTENT_TYPE ?? "" });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    yield* this.body!;
  }
}

function toBytes(data: string | BufferSource): Uint8Array {
  return typeof data === "string" ? encodeUtf8(data) : bytesOf(data).slice();
}

/** Node's `process`, as far as it is about the program's surroundings. */
export const process = {
  get env(): Record<string, string> {
    return environment();
  },
  argv: [] as string[],
  stdin: new Input(readInput),
  stdout: {
    write(data: string | BufferSource): boolean {
      print(toBytes(data));
      return true;
    },
  },
  stderr: {
    write(data: string | BufferSource): boolean {
      write(STDERR, toBytes(data));
      return true;
    },
  },
  exit(code = 0): never {
    flush();
    native.proc_exit(Number(code) & 0xff);
    throw new Error("exit returned");
  },
};
