/** Random commands against a model that is as plain as it can be: it keeps arrays and looks everything up. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Answer } from "./answer.ts";
import type { Command } from "./command.ts";
import { apply } from "./machine.ts";
import { decodeState, encodeState, initialState } from "./state.ts";

const CLIENTS = ["a", "b", "c", "d"];
const LOCKS = ["files", "other"];
const LOGS = ["file_0", "file_1", "nope"];

interface Request {
  readonly client: string;
  readonly seq: number;
  result: string;
}

/** What stands in a lock's line: the first holds it. */
interface InLine {
  readonly request: Request;
  token: number;
  renewals: number;
}

class Model {
  readonly requests: Request[] = [];
  readonly lines: Record<string, InLine[]> = { files: [], other: [] };
  readonly appended: string[] = [];
  readonly closed = new Set<string>();
  readonly open = new Set<string>();

  run(command: Command, position: number): string {
    switch (command.type) {
      case "open":
        if (this.closed.has(command.client)) return "session_expired";
        this.open.add(command.client);
        return "opened";
      case "close":
        if (!this.open.has(command.client)) return "closed";
        this.#leave(command.client, position, "session_expired");
        this.open.delete(command.client);
        this.closed.add(command.client);
        return "closed";
      case "cancel":
        return this.#cancel(command.client, command.seq, command.reason, position);
      case "expire": {
        const [holder, next] = this.lines[command.lock]!;
        if (
          next !== undefined && holder!.token === command.token &&
          holder!.renewals === command.renewal
        ) this.#next(command.lock, position);
        return "done";
      }
      case "renew": {
        if (!this.open.has(command.client)) return "session_expired";
        const holder = this.lines[command.lock]![0];
        if (holder?.request.client !== command.client || holder.token !== command.token) {
          return "lock_lost";
        }
        holder.renewals++;
        return "renewed";
      }
      case "acquire":
      case "release":
      case "append":
        return this.#request(command, position);
      default:
        throw new Error(`No ${command.type} here`);
    }
  }

  #request(
    command: Extract<Command, { type: "acquire" | "release" | "append" }>,
    position: number,
  ): string {
    const { client, seq } = command;
    if (!this.open.has(client)) return "session_expired";
    const mine = this.requests.filter((request) => request.client === client);
    const last = mine.at(-1);
    if (last !== undefined && seq < last.seq) return "stale_request";
    if (last !== undefined && seq === last.seq) {
      if (last.result !== "waiting") return last.result;
      return `waiting ${this.#line(last)!.findIndex(({ request }) => request === last)}`;
    }
    if (last?.result === "waiting") this.#drop(last, "lock_wait_cancelled");
    const request: Request = { client, seq, result: "" };
    this.requests.push(request);
    request.result = this.#execute(command, request, position);
    if (request.result !== "waiting") return request.result;
    return `waiting ${this.#line(request)!.length - 1}`;
  }

  #execute(
    command: Extract<Command, { type: "acquire" | "release" | "append" }>,
    request: Request,
    position: number,
  ): string {
    if (command.type === "acquire") {
      const line = this.lines[command.lock]!;
      if (line[0]?.request.client === request.client) line.shift();
      else if (line.length > 0) {
        if (command.waitMs === 0) return "lock_wait_timeout";
        line.push({ request, token: 0, renewals: 0 });
        return "waiting";
      }
      line.unshift({ request, token: position, renewals: 0 });
      return `granted ${position}`;
    }
    if (command.type === "append" && command.log === "nope") return "log_not_found";
    const lock = command.type === "append" ? "files" : command.lock;
    const holder = this.lines[lock]![0];
    if (holder?.request.client !== request.client || holder.token !== command.token) {
      return "lock_lost";
    }
    if (command.type === "release") {
      this.#next(lock, position);
      return "released";
    }
    this.appended.push(command.log);
    return `appended ${this.appended.filter((log) => log === command.log).length - 1}`;
  }

  #cancel(client: string, seq: number, reason: string, position: number): string {
    if (!this.open.has(client)) return "session_expired";
    const last = this.requests.filter((request) => request.client === client).at(-1);
    if ((last?.seq ?? -1) !== seq) return "stale_request";
    if (last?.result === "waiting") {
      this.#drop(last, reason === "timeout" ? "lock_wait_timeout" : "lock_wait_cancelled");
    } else if (reason === "cancelled" && last?.result.startsWith("granted")) {
      for (const [lock, line] of Object.entries(this.lines)) {
        if (line[0]?.request === last) this.#next(lock, position);
      }
      last.result = "lock_wait_cancelled";
    }
    return "cancelled";
  }

  #leave(client: string, position: number, result: string): void {
    for (const request of this.requests) {
      if (request.client === client && request.result === "waiting") this.#drop(request, result);
    }
    for (const [lock, line] of Object.entries(this.lines)) {
      if (line[0]?.request.client === client) this.#next(lock, position);
    }
  }

  #next(lock: string, position: number): void {
    const line = this.lines[lock]!;
    line.shift();
    const next = line[0];
    if (next === undefined) return;
    next.token = position;
    next.request.result = `granted ${position}`;
  }

  #drop(request: Request, result: string): void {
    const line = this.#line(request)!;
    line.splice(line.findIndex((each) => each.request === request), 1);
    request.result = result;
  }

  #line(request: Request): InLine[] | undefined {
    return Object.values(this.lines).find((line) =>
      line.slice(1).some((each) => each.request === request)
    );
  }
}

/** A command as chosen: tokens and numbers are told relative to what happened so far, so that most of them fit. */
interface Choice {
  readonly type:
    | "open"
    | "close"
    | "cancel"
    | "expire"
    | "acquire"
    | "renew"
    | "release"
    | "append";
  readonly client: string;
  readonly lock: string;
  readonly log: string;
  readonly step: number;
  readonly tokenOffset: number;
  readonly waitMs: number | undefined;
  readonly isTimeout: boolean;
}

const choice: fc.Arbitrary<Choice> = fc.record({
  type: fc.constantFrom(
    ...["open", "acquire", "acquire", "acquire", "append", "append", "release", "release"] as const,
    ...["renew", "expire", "expire", "cancel", "close"] as const,
  ),
  client: fc.constantFrom(...CLIENTS),
  lock: fc.constantFrom(...LOCKS),
  log: fc.constantFrom(...LOGS),
  step: fc.constantFrom(1, 1, 1, 1, 0, -1),
  tokenOffset: fc.constantFrom(0, 0, 0, 0, 1, -1),
  waitMs: fc.constantFrom(undefined, undefined, 100, 0),
  isTimeout: fc.boolean(),
});

function commandOf(chosen: Choice, model: Model): Command {
  const { type, client, lock, log, step, tokenOffset, waitMs, isTimeout } = chosen;
  const last = model.requests.filter((request) => request.client === client).at(-1)?.seq ?? -1;
  const seq = Math.max(0, last + step);
  const guard = type === "append" ? "files" : lock;
  const holder = model.lines[guard]![0];
  const token = (holder?.token ?? 1) + tokenOffset;
  switch (type) {
    case "open":
    case "close":
      return { type, client };
    case "cancel":
      return { type, client, seq: Math.max(0, last), reason: isTimeout ? "timeout" : "cancelled" };
    case "expire":
      return { type, lock, token, renewal: holder?.renewals ?? 0 };
    case "acquire":
      return { type, client, seq, lock, ttlMs: 2000, ...waitMs === undefined ? {} : { waitMs } };
    case "renew":
      return { type, client, lock, token, ttlMs: 2000 };
    case "release":
      return { type, client, seq, lock, token };
    case "append":
      return { type, client, seq, log, token, bytes: 10 };
  }
}

function told(answer: Answer): string {
  switch (answer.kind) {
    case "granted":
      return `granted ${answer.token}`;
    case "waiting":
      return `waiting ${answer.place}`;
    case "appended":
      return `appended ${answer.index}`;
    case "refused":
      return answer.reason;
    default:
      return answer.kind;
  }
}

Deno.test("Random commands come to what the model says, and tokens only grow", () => {
  fc.assert(
    fc.property(fc.array(choice, { maxLength: 60, size: "max" }), (choices) => {
      const model = new Model();
      let state = initialState();
      let lastToken = 0;
      const start = CLIENTS.slice(0, 3).map((client) => ({ type: "open", client } as const));
      const feed = [...start, ...choices];
      for (const [n, chosen] of feed.entries()) {
        const command = n < start.length ? start[n]! : commandOf(chosen as Choice, model);
        const before = model.requests.map(({ result }) => result);
        const expected = model.run(command, n + 1);
        const { answer, settled } = apply(state, command, n + 1);
        assertEquals(told(answer), expected, JSON.stringify(command));
        // Whoever was answered besides is exactly whoever the model answered besides.
        const changed = model.requests.filter((request, index) =>
          before[index] === "waiting" && request.result !== "waiting"
        );
        assertEquals(
          settled.map(({ client, seq, answer }) => [client, seq, told(answer)]).sort(),
          changed.map(({ client, seq, result }) => [client, seq, result]).sort(),
        );
        for (const each of [answer, ...settled.map(({ answer }) => answer)]) {
          if (each.kind !== "granted" || each.token !== n + 1) continue;
          assert(each.token >= lastToken);
          lastToken = each.token;
        }
        for (const lock of LOCKS) {
          const line = model.lines[lock]!;
          const found = state.locks.get(lock);
          assertEquals(
            found === undefined ? [] : [found.holder, ...found.queue.map(({ client }) => client)],
            line.map(({ request }) => request.client),
          );
        }
        if (n % 7 === 0) {
          const restored = decodeState(encodeState(state));
          assertEquals(restored, state);
          state = restored;
        }
      }
    }),
    { numRuns: 1000 },
  );
});
