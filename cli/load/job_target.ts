import { Buffer } from "node:buffer";
import { connect } from "node:net";
import type { LoadTarget, Outcome } from "./load_connection.ts";
import { type Answer, type AnswerReader, SocketConnection } from "./socket_connection.ts";

/** The job that is sent again and again. */
export interface JobLoad {
  /** Path of the server's UNIX socket for jobs. */
  readonly socketPath: string;
  readonly fn: string;
  readonly payload: string;
  readonly handler?: string;
  readonly timeoutMs: number;
}

/** Loads a function over a server's UNIX socket for jobs, one JSON line a job (formats.md 3). */
export function jobTarget({ socketPath, fn, payload, handler, timeoutMs }: JobLoad): LoadTarget {
  const job = JSON.stringify({ type: "invoke", fn, payload, handler });
  const request = new TextEncoder().encode(`${job}\n`);
  return {
    title: `${fn} over ${socketPath}`,
    connect: () =>
      new SocketConnection({
        connect: (onReady) => connect({ path: socketPath }, onReady),
        request,
        createReader: lineReader,
        timeoutMs,
      }),
  };
}

const LINE_FEED = 0x0a;

function lineReader(): AnswerReader {
  let pieces: Buffer[] = [];
  return {
    read(piece) {
      pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      if (piece.at(-1) !== LINE_FEED) return undefined;
      const line = Buffer.concat(pieces).toString();
      pieces = [];
      return { outcome: outcomeOf(line), isKept: true };
    },
    end: (): Answer | undefined => undefined,
  };
}

const SUCCESS: Outcome = { label: "ok", isSuccess: true };

function outcomeOf(line: string): Outcome {
  const answer = JSON.parse(line);
  if (answer?.ok === true) return SUCCESS;
  const label = String(answer?.code ?? answer?.error ?? "no answer").slice(0, 60);
  return { label, isSuccess: false };
}
