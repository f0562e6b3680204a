import { assertEquals } from "@std/assert";
import type { Answer } from "./answer.ts";
import type { Command } from "./command.ts";
import type { Effects } from "./effects.ts";
import { apply, MAX_HELD_LOCKS, MAX_LOCKS } from "./machine.ts";
import { MAX_SESSIONS } from "./session_commands.ts";
import { initialState } from "./state.ts";

/** A machine that numbers what it is sent, with these sessions open. */
function machine(...clients: string[]) {
  const state = initialState();
  const send = (command: Command): Effects => apply(state, command, state.position + 1);
  const answer = (command: Command): Answer => send(command).answer;
  for (const client of clients) send({ type: "open", client });
  return { state, send, answer };
}

const acquire = (client: string, seq: number, lock = "files", waitMs?: number): Command => ({
  type: "acquire",
  client,
  seq,
  lock,
  ttlMs: 2000,
  ...waitMs === undefined ? {} : { waitMs },
});
const release = (client: string, seq: number, token: number, lock = "files"): Command => ({
  type: "release",
  client,
  seq,
  lock,
  token,
});
const append = (client: string, seq: number, token: number, log = "file_0"): Command => ({
  type: "append",
  client,
  seq,
  log,
  token,
  bytes: 10,
});
const refusedBecause = (answer: Answer) => answer.kind === "refused" ? answer.reason : answer.kind;

Deno.test("A free lock is granted with the command's position as its token", () => {
  const { answer } = machine("a");
  assertEquals(answer(acquire("a", 0)), {
    kind: "granted",
    lock: "files",
    token: 2,
    ttlMs: 2000,
  });
});

Deno.test("Waiters are served in order of arrival, each under a greater token", () => {
  const { send } = machine("a", "b", "c");
  send(acquire("a", 0));
  assertEquals(send(acquire("b", 0)).answer, { kind: "waiting", place: 1, isRepeat: false });
  assertEquals(send(acquire("c", 0)).answer, { kind: "waiting", place: 2, isRepeat: false });
  const [first] = send(release("a", 1, 4)).settled;
  assertEquals(first, {
    client: "b",
    seq: 0,
    answer: { kind: "granted", lock: "files", token: 7, ttlMs: 2000 },
  });
  const [second] = send(release("b", 1, 7)).settled;
  assertEquals([second?.client, second?.answer.kind], ["c", "granted"]);
});

Deno.test("A repeat gets the stored answer, an older request none", () => {
  const { state, answer } = machine("a");
  const granted = answer(acquire("a", 5));
  assertEquals(answer(acquire("a", 5)), granted);
  assertEquals(answer(append("a", 6, 2)), { kind: "appended", index: 0, offset: 0 });
  assertEquals(answer(append("a", 6, 2)), { kind: "appended", index: 0, offset: 0 });
  assertEquals(state.logs.get("file_0"), { records: 1, bytes: 10 });
  assertEquals(refusedBecause(answer(acquire("a", 5))), "stale_request");
});

Deno.test("A repeat of a waiting request is told its place", () => {
  const { answer } = machine("a", "b", "c");
  answer(acquire("a", 0));
  answer(acquire("b", 0));
  answer(acquire("c", 0));
  assertEquals(answer(acquire("c", 0)), { kind: "waiting", place: 2, isRepeat: true });
});

Deno.test("Who is not the holder can neither append nor renew nor release", () => {
  const { answer } = machine("a", "b");
  answer(acquire("a", 0));
  for (const client of ["b", "a"]) {
    // Not b's token; and not a's, whose token is 3.
    const token = client === "b" ? 3 : 2;
    assertEquals(refusedBecause(answer(append(client, 1, token))), "lock_lost");
    assertEquals(refusedBecause(answer(release(client, 2, token))), "lock_lost");
    const renew = { type: "renew", client, lock: "files", token, ttlMs: 1 } as const;
    assertEquals(refusedBecause(answer(renew)), "lock_lost");
  }
});

Deno.test("An append to a log that is not there is told from one without the lock", () => {
  const { answer } = machine("a");
  assertEquals(refusedBecause(answer(append("a", 0, 1, "nope"))), "log_not_found");
  answer(acquire("a", 1));
  const wrong = { ...append("a", 2, 3), lock: "other" } as Command;
  assertEquals(answer(wrong), { kind: "refused", reason: "wrong_lock", name: "files" });
});

Deno.test("A lease that ran out ends only when somebody waits, and only the renewal that was meant", () => {
  const { state, send } = machine("a", "b");
  send(acquire("a", 0));
  const expire = (renewal: number) =>
    send({ type: "expire", lock: "files", token: 3, renewal } as const);
  expire(0);
  assertEquals(state.locks.get("files")?.holder, "a");
  send(acquire("b", 0));
  send({ type: "renew", client: "a", lock: "files", token: 3, ttlMs: 2000 });
  assertEquals(expire(0).settled, []);
  assertEquals(expire(1).settled.map(({ client }) => client), ["b"]);
  assertEquals(refusedBecause(send(append("a", 2, 3)).answer), "lock_lost");
});

Deno.test("A wait can time out, and a late timeout does not take a granted lock", () => {
  const { state, send } = machine("a", "b", "c");
  send(acquire("a", 0));
  send(acquire("b", 0));
  const timeout = (client: string) =>
    send({ type: "cancel", client, seq: 0, reason: "timeout" } as const);
  assertEquals(timeout("b").settled.map(({ answer }) => refusedBecause(answer)), [
    "lock_wait_timeout",
  ]);
  assertEquals(refusedBecause(send(acquire("b", 0)).answer), "lock_wait_timeout");
  timeout("a");
  assertEquals(state.locks.get("files")?.holder, "a");
});

Deno.test("Who cancels gives back what was granted meanwhile, to the next in the queue", () => {
  const { send } = machine("a", "b");
  send(acquire("a", 0));
  send(acquire("b", 0));
  const cancel = { type: "cancel", client: "a", seq: 0, reason: "cancelled" } as const;
  assertEquals(send(cancel).settled.map(({ client }) => client), ["b"]);
  assertEquals(send(cancel).settled, []);
  assertEquals(refusedBecause(send(acquire("a", 0)).answer), "lock_wait_cancelled");
});

Deno.test("A new request takes back the one that waits", () => {
  const { state, send } = machine("a", "b");
  send(acquire("a", 0));
  send(acquire("b", 0));
  const { settled } = send(acquire("b", 1, "other"));
  assertEquals(settled.map(({ seq, answer }) => [seq, refusedBecause(answer)]), [
    [0, "lock_wait_cancelled"],
  ]);
  assertEquals(state.locks.get("files")?.queue, []);
});

Deno.test("A renewal leaves the client's wait for another lock alone", () => {
  const { state, send } = machine("a", "b");
  send(acquire("a", 0));
  send(acquire("b", 0, "other"));
  send(acquire("a", 1, "other"));
  const renew = { type: "renew", client: "a", lock: "files", token: 3, ttlMs: 2000 } as const;
  assertEquals(send(renew).answer.kind, "renewed");
  assertEquals(send({ ...renew, client: "nobody" }).answer.kind, "refused");
  assertEquals(state.locks.get("other")?.queue.map(({ client }) => client), ["a"]);
});

Deno.test("A wait of no length does not wait", () => {
  const { answer } = machine("a", "b");
  answer(acquire("a", 0));
  assertEquals(refusedBecause(answer(acquire("b", 0, "files", 0))), "lock_wait_timeout");
});

Deno.test("Acquiring again voids the earlier token, and nobody in the queue is passed over for ever", () => {
  const { answer, state } = machine("a", "b");
  answer(acquire("a", 0));
  answer(acquire("b", 0));
  assertEquals(refusedBecause(answer(acquire("a", 1))), "granted");
  assertEquals(refusedBecause(answer(append("a", 2, 3))), "lock_lost");
  assertEquals(state.locks.get("files")?.queue.map(({ client }) => client), ["b"]);
});

Deno.test("Closing a session releases its locks, and no late repeat opens it again", () => {
  const { answer, send, state } = machine("a", "b", "c");
  answer(acquire("a", 0));
  answer(acquire("b", 0));
  answer(acquire("c", 0));
  assertEquals(send({ type: "close", client: "b" }).settled.map(({ client }) => client), ["b"]);
  assertEquals(send({ type: "close", client: "a" }).settled.map(({ client }) => client), ["c"]);
  assertEquals(state.locks.get("files")?.holder, "c");
  for (const command of [{ type: "open", client: "a" } as const, acquire("a", 0)]) {
    assertEquals(refusedBecause(answer(command)), "session_expired");
  }
});

Deno.test("Only a session that has been idle since is forgotten, with what it held", () => {
  const { send, state } = machine("a", "b");
  send(acquire("a", 0));
  const { activity } = state.sessions.get("a")!;
  send(append("a", 1, 3));
  send({ type: "forget", client: "a", activity });
  assertEquals(state.sessions.has("a"), true);
  send(acquire("b", 0));
  const { settled } = send({ type: "forget", client: "a", activity: activity + 1 });
  assertEquals(settled.map(({ client }) => client), ["b"]);
  assertEquals(refusedBecause(send(append("a", 1, 3)).answer), "session_expired");
});

Deno.test("Sessions are bounded: the one idle for longest makes room, but not one that holds a lock", () => {
  const { answer, state } = machine("holder");
  answer(acquire("holder", 0));
  for (let n = 0; n < MAX_SESSIONS; n++) answer({ type: "open", client: `c${n}` });
  assertEquals(state.sessions.size, MAX_SESSIONS);
  assertEquals([state.sessions.has("holder"), state.sessions.has("c0")], [true, false]);
});

Deno.test("Closed sessions make room before open ones do, however long those were idle", () => {
  const { answer, state } = machine("idle");
  for (let n = 0; n < 2 * MAX_SESSIONS; n++) {
    answer({ type: "open", client: `c${n}` });
    answer({ type: "close", client: `c${n}` });
  }
  assertEquals([state.sessions.size, state.sessions.has("idle")], [MAX_SESSIONS, true]);
});

Deno.test("All locks together are bounded; those that are held can still be waited for and passed on", () => {
  const { answer, send, state } = machine("last");
  const clients = MAX_LOCKS / MAX_HELD_LOCKS;
  for (let client = 0; client < clients; client++) {
    answer({ type: "open", client: `c${client}` });
    for (let n = 0; n < MAX_HELD_LOCKS; n++) {
      answer(acquire(`c${client}`, n, `lock-${client}-${n}`));
    }
  }
  assertEquals(state.locks.size, MAX_LOCKS);
  assertEquals(refusedBecause(answer(acquire("last", 0, "more"))), "overloaded");
  assertEquals(refusedBecause(answer(acquire("last", 1, "lock-0-0"))), "waiting");
  assertEquals(send({ type: "close", client: "c0" }).settled.map(({ client }) => client), ["last"]);
  assertEquals(refusedBecause(answer(acquire("last", 2, "more"))), "granted");
});

Deno.test("The locks of one client are bounded", () => {
  const { answer } = machine("a");
  for (let n = 0; n < MAX_HELD_LOCKS; n++) answer(acquire("a", n, `lock-${n}`));
  assertEquals(refusedBecause(answer(acquire("a", MAX_HELD_LOCKS, "more"))), "overloaded");
});

Deno.test("A log can be created once, and again only the same", () => {
  const { answer } = machine();
  const create = (lock?: string) => answer({ type: "create", log: "mine", lock });
  assertEquals(create("l"), { kind: "created", isNew: true, lock: "l" });
  assertEquals(create(), { kind: "created", isNew: false, lock: "l" });
  assertEquals(refusedBecause(create("m")), "name_taken");
});

Deno.test("With one lock a log, each is guarded by its own name", () => {
  const { answer } = machine("a");
  answer({ type: "configure", lockPerLog: true });
  answer(acquire("a", 0, "file_1"));
  assertEquals(refusedBecause(answer(append("a", 1, 3, "file_1"))), "appended");
  assertEquals(refusedBecause(answer(append("a", 2, 3, "file_2"))), "lock_lost");
});
