import type { CoordService } from "../service.ts";
import type { CoordCall, CoordReply } from "./coord_call.ts";
import type { RunCalls } from "./run_calls.ts";
import { RunSession } from "./run_session.ts";

/** After a crash of the server, a lock that a run held is free this much later than the run could have ended. */
const SPARE_MS = 5000;

/** The lock service for runs of functions: each has a session, whose locks are released when the run ends, however it ends. */
export class CoordRuns implements RunCalls {
  readonly #coord: CoordService;
  readonly #prefix: string;
  readonly #sessions = new Map<object, RunSession>();
  readonly #free: RunSession[] = [];
  #count = 0;

  /** @param prefix Begins the names of the sessions; must not have been used with this data before. */
  constructor(coord: CoordService, prefix: string) {
    this.#coord = coord;
    this.#prefix = prefix;
  }

  call(
    run: object,
    call: CoordCall,
    bounds: { readonly timeoutMs: number; readonly roomBytes: number },
  ): Promise<CoordReply> {
    let session = this.#sessions.get(run);
    if (session === undefined) {
      session = this.#free.pop() ?? new RunSession(this.#coord, `${this.#prefix}-${++this.#count}`);
      this.#sessions.set(run, session);
    }
    return session.call(call, bounds.timeoutMs + SPARE_MS, bounds.roomBytes);
  }

  ended(run: object): void {
    const session = this.#sessions.get(run);
    if (session === undefined) return;
    this.#sessions.delete(run);
    void session.end().then((isFree) => {
      if (isFree) this.#free.push(session);
    });
  }
}
