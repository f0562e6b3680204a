import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { Guest } from "./testing.ts";

const { ERRNO_FAULT, ERRNO_SUCCESS } = wasi;

Deno.test("args_sizes_get counts UTF-8 bytes, and args_get writes exactly those", () => {
  const guest = new Guest();
  guest.io.argStrings = ["prog", "zwölf €", ""];
  assertEquals(guest.call.args_sizes_get!(100, 104), ERRNO_SUCCESS);
  assertEquals([guest.u32(100), guest.u32(104)], [3, 5 + 11 + 1]);
  guest.assertWroteOnly(100, 8);
  assertEquals(guest.call.args_get!(200, 300), ERRNO_SUCCESS);
  assertEquals([guest.u32(200), guest.u32(204), guest.u32(208)], [300, 305, 316]);
  assertEquals(guest.text(300, 17), "prog\0zwölf €\0\0");
  guest.assertWroteOnly(200, 12);
  guest.assertWroteOnly(300, 17);
});

Deno.test("environ_sizes_get and environ_get write the environment", () => {
  const guest = new Guest();
  guest.io.environStrings = ["A=1", "NAME=ü"];
  assertEquals(guest.call.environ_sizes_get!(100, 104), ERRNO_SUCCESS);
  assertEquals([guest.u32(100), guest.u32(104)], [2, 4 + 8]);
  assertEquals(guest.call.environ_get!(200, 300), ERRNO_SUCCESS);
  assertEquals([guest.u32(200), guest.u32(204)], [300, 304]);
  assertEquals(guest.text(300, 12), "A=1\0NAME=ü\0");
  guest.assertWroteOnly(300, 12);
});

Deno.test("without arguments nothing but the sizes is written", () => {
  const guest = new Guest();
  assertEquals(guest.call.args_sizes_get!(100, 104), ERRNO_SUCCESS);
  assertEquals([guest.u32(100), guest.u32(104)], [0, 0]);
  assertEquals(guest.call.args_get!(200, 300), ERRNO_SUCCESS);
  guest.assertWroteOnly(200, 0);
  guest.assertWroteOnly(300, 0);
});

Deno.test("arguments and environment are made once a run, and only if asked for", () => {
  const guest = new Guest();
  assertEquals(guest.io.blocksMade, 0);
  for (let i = 0; i < 3; i++) {
    guest.call.args_sizes_get!(100, 104);
    guest.call.environ_get!(200, 300);
  }
  assertEquals(guest.io.blocksMade, 2);
  guest.begin();
  guest.call.args_sizes_get!(100, 104);
  assertEquals(guest.io.blocksMade, 3);
});

Deno.test("args and environ calls answer EFAULT for bad pointers and write nothing", () => {
  const guest = new Guest();
  guest.io.argStrings = guest.io.environStrings = ["A=12345"];
  for (const name of ["args", "environ"]) {
    const sizes = guest.call[`${name}_sizes_get`]!;
    assertEquals(sizes(65533, 0), ERRNO_FAULT);
    assertEquals(sizes(0, -4), ERRNO_FAULT);
    const get = guest.call[`${name}_get`]!;
    assertEquals(get(65533, 0), ERRNO_FAULT);
    assertEquals(get(0, 65529), ERRNO_FAULT);
    assertEquals(get(-1, 0), ERRNO_FAULT);
  }
  assertEquals(guest.bytes.every((byte) => byte === 0xa5), true);
});
