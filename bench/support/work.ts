/** A function that computes for a while, and then says so. */
import { command, PRINT } from "../../tests/guests/fragments.ts";
import { type Answer, HttpConnection, type WireRequest } from "./http_client.ts";

const ANSWER = "done\n";

/** A module that goes round a loop this often. A million rounds are four million fuel, half a millisecond or so. */
export function worker(rounds: number): Promise<Uint8Array<ArrayBuffer>> {
  const definitions = `${PRINT} (data (i32.const 16) "done\\n")`;
  return command(
    `(local $left i32)
     (local.set $left (i32.const ${rounds}))
     (loop $next
       (local.set $left (i32.sub (local.get $left) (i32.const 1)))
       (br_if $next (local.get $left)))
     (call $print (i32.const 16) (i32.const ${ANSWER.length}))`,
    definitions,
  )();
}

/** Whether this is the answer of {@linkcode worker}. */
export function isDone({ status, body }: Answer): boolean {
  return status === 200 && new TextDecoder().decode(body) === ANSWER;
}

/** Fails unless a first request is answered by {@linkcode worker}. */
export async function expectWorker(request: WireRequest): Promise<void> {
  using connection = await HttpConnection.open(request.url);
  const answer = await connection.send(request);
  if (isDone(answer)) return;
  const found = `${answer.status} ${new TextDecoder().decode(answer.body)}`;
  throw new Error(`Cannot measure ${request.url.pathname}: found ${found}`);
}
