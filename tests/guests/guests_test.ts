import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { instantiateReference, referenceText } from "../support/reference_run.ts";
import { type GuestName, GUESTS, printer } from "./guests.ts";
import { STATE } from "./state.ts";

const MALFORMED: readonly GuestName[] = [
  "notWasm",
  "emptyFile",
  "wrongVersion",
  "component",
  "invalidBody",
];

Deno.test("every guest but the malformed ones is a valid module", async () => {
  const invalid: string[] = [];
  for (const [name, build] of Object.entries(GUESTS)) {
    if (!WebAssembly.validate(await build())) invalid.push(name);
  }
  assertEquals(invalid.sort(), [...MALFORMED].sort());
});

Deno.test("a guest's bytes are the caller's own, to transfer away", async () => {
  const first = await GUESTS.endlessLoop();
  const second = await GUESTS.endlessLoop();
  assertEquals(first, second);
  assertNotStrictEquals(first.buffer, second.buffer);
});

Deno.test("a printer prints any bytes, over several pages too", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index);
  const instance = await instantiateReference(await printer(bytes)());
  assertEquals(instance.run().stdout, bytes);
});

/** What a run prints, or that it fails. */
function answerOf(run: () => { readonly stdout: Uint8Array }): string {
  try {
    return new TextDecoder().decode(run().stdout);
  } catch (error) {
    return `fails: ${error}`;
  }
}

for (const [name, build] of Object.entries(STATE)) {
  if (name === "scribbleAndTrap") continue; // prints nothing: it is there to be run before another
  Deno.test(`${name} answers the same in fresh instances and tells a used one apart`, async () => {
    const used = await instantiateReference(await build());
    const fresh = await instantiateReference(await build());
    const first = answerOf(used.run);
    assert(first.endsWith("\n"), first);
    assertEquals(answerOf(fresh.run), first);
    assert(answerOf(used.run) !== first, "A second run in the same instance looks like a first");
  });
}

Deno.test("the programs in C show what they are given", async () => {
  const args = ["program", "a b"];
  assertEquals(
    await referenceText(await GUESTS.dumpEnvironment(), { args, env: ["A=1", "B="] }),
    "arg: program\narg: a b\nenv: A=1\nenv: B=\n",
  );
  const stdin = Uint8Array.from({ length: 300 }, (_, index) => index);
  const echo = await instantiateReference(await GUESTS.echoStdin(), { stdin });
  assertEquals(echo.run().stdout, stdin);
  assertEquals(
    await referenceText(await GUESTS.countStdin(), { stdin: "hello" }),
    "5 bytes, hash 4f9f2cab\n",
  );
});

Deno.test("one-byte writes add up to a thousand alphabets", async () => {
  const text = await referenceText(await GUESTS.oneByteWrites());
  assertEquals(text, "abcdefghijklmnopqrstuvwxyz\n".repeat(1000));
});

Deno.test("the stderr writer keeps its two outputs apart", async () => {
  const { stdout, stderr } = (await instantiateReference(await GUESTS.writeStderr())).run();
  assertEquals(new TextDecoder().decode(stdout), "to stdout\n");
  assertEquals(new TextDecoder().decode(stderr), "to stderr\n");
});
