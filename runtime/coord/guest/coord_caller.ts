import type { RunWaiter } from "../../wasi/filesystem/mount.ts";
import {
  type CallCell,
  type CoordCall,
  type CoordReply,
  newCell,
  readReply,
} from "./coord_call.ts";

/** How calls leave a worker's thread. An answer in the cell interrupts the thread's sleep. */
export type PostCall = (call: CoordCall, cell: CallCell | undefined) => void;

/** Makes calls for the runs of one isolate, each of which waits for the answer. */
export class CoordCaller {
  readonly #post: PostCall;
  #run: RunWaiter | undefined;

  constructor(post: PostCall) {
    this.#post = post;
  }

  /** The run that waits. */
  attach(run: RunWaiter): void {
    this.#run = run;
  }

  /** Waits for the answer, whose bytes may be `roomBytes`; ends the run when its time is up, or nobody wants it any more. */
  ask(call: CoordCall, roomBytes = 0): Required<CoordReply> {
    const cell = newCell(roomBytes);
    this.#post(call, cell);
    for (;;) {
      const reply = readReply(cell);
      if (reply !== undefined) return reply;
      this.#run!.sleep(Infinity);
    }
  }

  /** Does not wait, so that it can be done while a run is being ended. */
  tell(call: CoordCall): void {
    this.#post(call, undefined);
  }
}
