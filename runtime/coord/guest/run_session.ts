import { wasi } from "@bjorn3/browser_wasi_shim";
import type { RefusalReason } from "../answer.ts";
import type { Command } from "../command.ts";
import type { Reply } from "../request.ts";
import type { CoordService } from "../service.ts";
import type { CoordCall, CoordReply } from "./coord_call.ts";

/** What a run is told of a refusal. */
const ERRNOS: Readonly<Record<RefusalReason, number>> = {
  lock_lost: wasi.ERRNO_PERM,
  lock_wait_cancelled: wasi.ERRNO_CANCELED,
  lock_wait_timeout: wasi.ERRNO_AGAIN,
  log_not_found: wasi.ERRNO_NOENT,
  name_taken: wasi.ERRNO_EXIST,
  overloaded: wasi.ERRNO_NOLCK,
  session_expired: wasi.ERRNO_STALE,
  stale_request: wasi.ERRNO_STALE,
  wrong_lock: wasi.ERRNO_PERM,
};

/** A session of the lock service that runs have, one after another. */
export class RunSession {
  readonly #coord: CoordService;
  readonly #client: string;
  /** Tokens by lock. */
  readonly #held = new Map<string, number>();
  #seq = 0;
  #isOpen = false;
  #isAcquiring = false;
  /** What is under way. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(coord: CoordService, client: string) {
    this.#coord = coord;
    this.#client = client;
  }

  /**
   * Answers a call, after the ones before.
   *
   * @param ttlMs Longer than the run can take, so that a lease ends before its run only if the server does not know of the
   * run any more.
   */
  call(call: CoordCall, ttlMs: number, roomBytes: number): Promise<CoordReply> {
    const reply = this.#last.then(() => this.#answer(call, ttlMs, roomBytes));
    this.#last = reply;
    return reply;
  }

  /**
   * The run is over: what it held is released, what it waits for is not wanted any more. Resolves to whether another run
   * may have the session.
   */
  async end(): Promise<boolean> {
    if (!this.#isAcquiring) await this.#last;
    if (!this.#isAcquiring && this.#held.size === 0) return true;
    this.#coord.abandon(this.#client);
    return false;
  }

  async #answer(call: CoordCall, ttlMs: number, roomBytes: number): Promise<CoordReply> {
    switch (call.kind) {
      case "acquire":
        return await this.#acquire(call.lock, call.waits, ttlMs);
      case "release":
        return await this.#release(call.lock);
      case "append":
        return await this.#append(call.log, call.data);
      case "read":
        return this.#read(call.log, call.offset, roomBytes);
      case "size":
        return this.#size(call.log);
      case "names":
        return success({
          bytes: new TextEncoder().encode([...this.#coord.state.logs.keys()].join("\n")),
        });
    }
  }

  async #acquire(lock: string, waits: boolean, ttlMs: number): Promise<CoordReply> {
    this.#isAcquiring = true;
    const reply = await this.#requestOpen(() => {
      const wish = waits ? {} : { waitMs: 0 };
      return { type: "acquire", ...this.#sender(), lock, ttlMs, ...wish };
    });
    this.#isAcquiring = false;
    if (reply.kind !== "granted") return failure(reply);
    this.#held.set(lock, reply.token);
    return success({ value: reply.token });
  }

  async #release(lock: string): Promise<CoordReply> {
    const token = this.#held.get(lock);
    if (token === undefined) return { errno: wasi.ERRNO_PERM };
    const reply = await this.#ask({ type: "release", ...this.#sender(), lock, token });
    if (reply.kind !== "stopping") this.#held.delete(lock);
    return reply.kind === "released" ? success({}) : failure(reply);
  }

  async #append(log: string, data: Uint8Array): Promise<CoordReply> {
    const guard = this.#coord.guardOf(log);
    if (guard === undefined) return { errno: wasi.ERRNO_NOENT };
    const token = this.#held.get(guard);
    if (token === undefined) return { errno: wasi.ERRNO_PERM };
    const bytes = data.length;
    const command = { type: "append", ...this.#sender(), log, lock: guard, token, bytes } as const;
    const reply = await this.#ask(command, data);
    return reply.kind === "appended" ? success({}) : failure(reply);
  }

  #read(log: string, offset: number, roomBytes: number): CoordReply {
    if (!this.#coord.state.logs.has(log)) return { errno: wasi.ERRNO_NOENT };
    return success({ bytes: this.#coord.readBytes(log, offset, roomBytes) });
  }

  #size(log: string): CoordReply {
    const bytes = this.#coord.state.logs.get(log)?.bytes;
    return bytes === undefined ? { errno: wasi.ERRNO_NOENT } : success({ value: bytes });
  }

  /** Sends a request, and opens the session before it unless that is open; an idle one may have been forgotten. */
  async #requestOpen(command: () => Command): Promise<Reply> {
    const opening = this.#isOpen ? undefined : this.#ask({ type: "open", client: this.#client });
    this.#isOpen = true;
    const reply = await this.#ask(command());
    if (reply.kind !== "refused" || reply.reason !== "session_expired") return reply;
    this.#isOpen = false;
    // Where opening it failed, that is why.
    return await (opening ?? this.#requestOpen(command));
  }

  #ask(command: Command, data?: Uint8Array): Promise<Reply> {
    return this.#coord.request(command, data, "run");
  }

  #sender() {
    return { client: this.#client, seq: this.#seq++ };
  }
}

function success(reply: Omit<CoordReply, "errno">): CoordReply {
  return { errno: wasi.ERRNO_SUCCESS, ...reply };
}

function failure(reply: Reply): CoordReply {
  if (reply.kind === "refused") return { errno: ERRNOS[reply.reason] };
  if (reply.kind === "full") return { errno: wasi.ERRNO_NOSPC };
  return { errno: reply.kind === "stopping" ? wasi.ERRNO_INTR : wasi.ERRNO_IO };
}
