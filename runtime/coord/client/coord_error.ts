/** Why a request failed: as the server said, or `no_answer` if it never did. */
export interface CoordError {
  /** Stable; e.g. `lock_lost`, `log_not_found`, `lock_wait_timeout`, `session_expired`, `no_answer`. */
  readonly code: string;
  readonly message: string;
  /** The return code of old clients: 1 for a missing log, 2 for a lost lock, -1 for all else. */
  readonly rc: number;
}
