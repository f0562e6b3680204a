/** Machines that break a promise each. */
import type { Answer } from "../../runtime/coord/answer.ts";
import type { Command } from "../../runtime/coord/command.ts";
import type { Effects } from "../../runtime/coord/effects.ts";
import { apply } from "../../runtime/coord/machine.ts";
import type { CoordState, LockState } from "../../runtime/coord/state.ts";

/** A broken machine, and the rule by which a history of it shows that. */
export interface BrokenMachine {
  readonly does: string;
  readonly rule: string;
  readonly apply: typeof apply;
}

type Fold = typeof apply;

export const BROKEN_MACHINES: readonly BrokenMachine[] = [
  {
    does: "serves the newest waiter first",
    rule: "order",
    apply: before(["release", "expire"], (state, command) => {
      lockOf(state, command)?.queue.reverse();
    }),
  },
  {
    does: "gives tokens again",
    rule: "tokens",
    apply: after((state, effects) => {
      for (const answer of grantsOf(effects)) {
        const token = answer.token % 8 + 1;
        Object.assign(answer, { token });
        state.locks.get(answer.lock)!.token = token;
      }
    }),
  },
  {
    does: "appends whatever the token",
    rule: "fencing",
    apply: asIfHeld("append"),
  },
  {
    does: "lets the holder of an older token release",
    rule: "lease",
    apply: (state, command, position) => {
      const lock = lockOf(state, command);
      if (command.type !== "release" || lock === undefined) return apply(state, command, position);
      lock.holder = command.client;
      lock.token = command.token;
      return apply(state, command, position);
    },
  },
  {
    does: "grants a lock that is held, and lets both work",
    rule: "exclusion",
    apply: grantsTwice(),
  },
  {
    does: "ends leases as soon as somebody waits",
    rule: "lease",
    apply: (state, command, position) => {
      const effects = apply(state, command, position);
      const lock = lockOf(state, command);
      if (command.type !== "acquire" || lock === undefined) return effects;
      const { token, renewal } = lock;
      const ended = apply(state, { type: "expire", lock: command.lock, token, renewal }, position);
      effects.settled.push(...ended.settled);
      return effects;
    },
  },
  {
    does: "renews in words only",
    rule: "lease",
    apply: (state, command, position) => {
      const effects = apply(state, command, position);
      if (effects.answer.kind === "renewed") lockOf(state, command)!.renewal--;
      return effects;
    },
  },
  {
    does: "runs repeats again",
    rule: "doubled",
    apply: before(["append"], (state, command) => {
      const session = state.sessions.get((command as { client: string }).client);
      if (session?.seq === (command as { seq: number }).seq) session.seq--;
    }),
  },
  {
    does: "acknowledges appends that it does not keep",
    rule: "lost",
    apply: after((_state, effects) => {
      if ((effects.record?.index ?? 0) % 3 === 2) effects.record = undefined;
    }),
  },
  {
    does: "keeps appends that it refuses",
    rule: "unasked",
    apply: (state, command, position) => {
      const effects = apply(state, command, position);
      if (command.type !== "append" || effects.answer.kind !== "refused") return effects;
      const log = state.logs.get(command.log)!;
      effects.record = {
        kind: "appended",
        log: command.log,
        index: log.records,
        offset: log.bytes,
      };
      log.records++;
      log.bytes += command.bytes;
      return effects;
    },
  },
  {
    does: "counts offsets wrongly",
    rule: "places",
    apply: after((_state, effects) => {
      if (effects.record === undefined) return;
      effects.record = { ...effects.record, offset: effects.record.index };
      Object.assign(effects.answer, { offset: effects.record.index });
    }),
  },
];

function before(
  types: Command["type"][],
  change: (state: CoordState, command: Command) => void,
): Fold {
  return (state, command, position) => {
    if (types.includes(command.type)) change(state, command);
    return apply(state, command, position);
  };
}

function after(change: (state: CoordState, effects: Effects) => void): Fold {
  return (state, command, position) => {
    const effects = apply(state, command, position);
    change(state, effects);
    return effects;
  };
}

/** Runs commands of a kind as if whoever sends them held the lock. */
function asIfHeld(type: "append", inner: Fold = apply): Fold {
  return (state, command, position) => {
    const lock = lockOf(state, command);
    if (command.type !== type || lock === undefined) return inner(state, command, position);
    const { holder, token } = lock;
    lock.holder = command.client;
    lock.token = command.token;
    const effects = inner(state, command, position);
    lock.holder = holder;
    lock.token = token;
    return effects;
  };
}

/** A lock that is held is free for whoever asks; appends and releases of everybody are accepted. */
function grantsTwice(): Fold {
  const granting: Fold = (state, command, position) => {
    if (command.type === "acquire") state.locks.delete(command.lock);
    const effects = apply(state, command, position);
    const isLate = command.type === "release" && effects.answer.kind === "refused";
    if (isLate) effects.answer = { kind: "released" };
    return effects;
  };
  return asIfHeld("append", granting);
}

function grantsOf({ answer, settled }: Effects) {
  return [answer, ...settled.map(({ answer }) => answer)].filter(isGrant);
}

function isGrant(answer: Answer): answer is Extract<Answer, { kind: "granted" }> {
  return answer.kind === "granted";
}

/** The lock that a command is about, if it is held. */
function lockOf(state: CoordState, command: Command): LockState | undefined {
  if (command.type === "append") return state.locks.get(state.logs.get(command.log)?.lock ?? "");
  return "lock" in command ? state.locks.get(command.lock ?? "") : undefined;
}
