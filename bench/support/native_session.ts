import { createInterface } from "node:readline/promises";
import { connect } from "node:net";

/** A connection on which one command after the other is sent. */
export interface NativeSession extends AsyncDisposable {
  /** Resolves to the path of the answer. */
  send(command: string): Promise<string>;
}

/** Connects to a UNIX socket of native calls. */
export function openSession(socketPath: string): NativeSession {
  const socket = connect({ path: socketPath });
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return {
    async send(command) {
      socket.write(command + "\n");
      const { value, done } = await lines.next();
      if (done) throw new Error(`The session ended before ${command} was answered`);
      return value;
    },
    async [Symbol.asyncDispose]() {
      socket.end("exit\n");
      await lines.return?.();
    },
  };
}
