import type { Command } from "./command.ts";

/**
 * Puts commands in one order and keeps them. What is above (the machine, the service) must not know which log runs: one
 * on this machine's disk, or one that several servers share.
 */
export interface Log {
  /** Delivers everything kept, then everything proposed. Called once. */
  start(follower: LogFollower): void;
  /** Whether a command with so many bytes of data can be kept. Asked before it is proposed, where it can wait. */
  hasRoom(bytes: number): boolean;
  /**
   * Proposes a command. It comes back through {@linkcode LogFollower.onCommit} once it has its place; `ticket` comes with
   * it, on this server only. A command whose fate cannot be known is not answered: the process ends instead.
   */
  propose(proposal: Proposal): void;
  /** Records of a log, in order, as far as they are committed. */
  read(log: string, from: number, bounds: ReadBounds): LogRecord[];
  /** Index of the last committed record that begins at or before this offset; 0 if there is none. */
  indexAt(log: string, offset: number): number;
  /** Commits what was proposed, and ends. */
  close(): void;
}

/** A command on its way. */
export interface Proposal {
  readonly command: Command;
  /** The bytes of an append. */
  readonly data?: Uint8Array;
  /** Tells the proposer which of its proposals came back; 0 if nobody waits for it. */
  readonly ticket: number;
}

/** Who folds the log. */
export interface LogFollower {
  /** A snapshot that this follower made earlier; what it covers is not delivered again. */
  restore(snapshot: string): void;
  /** The next command of the order. What it returns is kept with the command, in the same transaction. */
  onCommit(position: number, command: Command, ticket: number): RecordPlace | undefined;
  /** All commands delivered so far will survive a crash: now they may be answered. */
  onDurable(): void;
  /** The state as text, for a snapshot. */
  snapshot(): string;
}

/** Where the bytes of an append belong. */
export interface RecordPlace {
  readonly log: string;
  readonly index: number;
  readonly offset: number;
}

/** One record of a log. */
export interface LogRecord {
  readonly index: number;
  /** Bytes of the log before it. */
  readonly offset: number;
  /** Position of the command that appended it. */
  readonly position: number;
  readonly data: Uint8Array;
}

/** How much to read at once; one record is returned however large it is. */
export interface ReadBounds {
  readonly records: number;
  readonly bytes: number;
}
