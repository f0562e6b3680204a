/** What became of one request. */
export interface Outcome {
  /** What it is counted under: a status and a code, or what broke. */
  readonly label: string;
  readonly isSuccess: boolean;
}

/** One client's connection to what is loaded. It connects when that is needed, again after a failure. */
export interface LoadConnection {
  /** Connects, if it is not connected. Rejects if that fails. */
  open(): Promise<void>;
  /** Sends one request and resolves when its answer is complete. Never rejects. */
  send(): Promise<Outcome>;
  close(): void;
}

/** What is loaded, and with which request. */
export interface LoadTarget {
  /** For people. */
  readonly title: string;
  connect(): LoadConnection;
}
