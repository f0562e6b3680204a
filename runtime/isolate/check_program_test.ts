import { assertEquals, assertMatch } from "@std/assert";
import { prepareGuest } from "../../tests/support/engine.ts";
import { wat } from "../../tests/support/wat.ts";
import { checkProgram } from "./check_program.ts";
import type { MountGrant } from "./mount_grant.ts";
import type { Program } from "./program.ts";
import type { Snapshot } from "./snapshot.ts";

const FILE = new Uint8Array(1);

async function refusal(
  program: Partial<Program>,
  mounts: readonly MountGrant[] = [],
  memories = `(memory 1)`,
): Promise<string> {
  const { info } = await prepareGuest(await wat(`(module ${memories})`), 16);
  const checked = checkProgram(info, { args: [], files: {}, ...program }, mounts);
  return checked.ok ? "" : checked.error.message;
}

function mount(guestPath: string): MountGrant {
  return { hostPath: "/", guestPath, isReadOnly: true };
}

function snapshot(memoryPages: number, extents: Snapshot["extents"] = []): Partial<Program> {
  return { snapshot: { memoryPages, extents } };
}

Deno.test("A program with files and a snapshot within the limit passes", async () => {
  const files = { "/app/main.py": FILE, "/app/lib/a.py": FILE, "/motd": FILE };
  const bytes = new Uint8Array(65536);
  const extents = [{ start: 0, bytes }, { start: 16 * 65536 - 1, bytes: FILE }];
  assertEquals(await refusal({ files, ...snapshot(16, extents) }), "");
});

for (const path of ["", "/", "a", "a/b", "/a/", "//a", "/a/../b", "/a/./b", "/a\0b"]) {
  Deno.test(`${JSON.stringify(path)} is no path of a file`, async () => {
    assertMatch(await refusal({ files: { [path]: FILE } }), /is not an absolute path of a file/);
  });
}

Deno.test("A file cannot be a directory too, whichever comes first", async () => {
  const files = { "/app/a": FILE, "/app/a/b": FILE };
  assertMatch(await refusal({ files }), /A file is also a directory: \/app\/a\/b/);
  const reversed = { "/app/a/b": FILE, "/app/a": FILE };
  assertMatch(await refusal({ files: reversed }), /A file is also a directory: \/app\/a/);
});

Deno.test("A mount that hides a file is refused, one that does not is not", async () => {
  const files = { "/app/lib/a.py": FILE };
  assertMatch(await refusal({ files }, [mount("/app")]), /the mount at \/app hides its file/);
  assertMatch(await refusal({ files }, [mount("/app/lib")]), /the mount at \/app\/lib hides/);
  assertEquals(await refusal({ files }, [mount("/"), mount("/app/data"), mount("/ap")]), "");
});

Deno.test("A snapshot over the limit is refused, and so is one below the memory's own pages", async () => {
  assertMatch(await refusal(snapshot(17)), /its snapshot has 17 pages, and the memory 1 to 16/);
  assertMatch(await refusal(snapshot(0)), /0 pages/);
  assertMatch(await refusal(snapshot(1.5)), /1.5 pages/);
  assertMatch(await refusal(snapshot(NaN)), /NaN pages/);
});

Deno.test("A snapshot's globals must be those that the module lets be set", async () => {
  const ofGlobals = (...globals: number[]) => ({
    snapshot: { memoryPages: 1, extents: [], globals },
  });
  const global = "(memory 1) (global (mut i32) (i32.const 0))";
  const initialiser = `${global} (func (export "wizer.initialize"))`;
  assertEquals(await refusal(ofGlobals(7), [], initialiser), "");
  assertMatch(await refusal(ofGlobals(), [], initialiser), /has 0 globals, and the module 1/);
  assertMatch(await refusal(ofGlobals(7), [], global), /has 1 globals, and the module 0/);
});

Deno.test("A snapshot needs one memory with 32-bit addresses", async () => {
  assertMatch(await refusal(snapshot(1), [], ""), /the module has 0/);
  assertMatch(await refusal(snapshot(1), [], "(memory 1) (memory 1)"), /the module has 2/);
  assertMatch(await refusal(snapshot(1), [], "(memory i64 1)"), /32-bit/);
});

for (
  const [what, ...starts] of [
    ["past the end", 65534],
    ["before the beginning", -1],
    ["in no order", 8, 4],
    ["that overlap", 4, 6],
    ["between bytes", 0.5],
    ["nowhere", NaN],
  ] as const
) {
  Deno.test(`A snapshot with bytes ${what} is refused`, async () => {
    const extents = starts.map((start) => ({ start, bytes: new Uint8Array(3) }));
    assertMatch(await refusal(snapshot(1, extents)), /out of order or outside its memory/);
  });
}
