import type { CoordCall, CoordReply } from "./coord_call.ts";

/** Answers what runs ask for. A run is whatever object the caller knows it by. */
export interface RunCalls {
  /**
   * Answers a call of a run, after the calls it made before.
   *
   * @param bounds How long the run may take, and how many bytes the answer may have.
   */
  call(
    run: object,
    call: CoordCall,
    bounds: { readonly timeoutMs: number; readonly roomBytes: number },
  ): Promise<CoordReply>;
  /** A run is over. Also of runs that never called. */
  ended(run: object): void;
}
