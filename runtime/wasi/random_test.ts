import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { secureRandom } from "./random.ts";
import { Guest } from "./testing.ts";

Deno.test("random_get fills exactly the buffer, in pieces of at most 65,536 bytes", () => {
  const pieces: number[] = [];
  const guest = new Guest({
    random: (target) => {
      pieces.push(target.length);
      target.fill(pieces.length);
    },
  });
  guest.memory.grow(3);
  guest.bytes.fill(0xa5);
  assertEquals(guest.call.random_get!(100, 150_000), wasi.ERRNO_SUCCESS);
  assertEquals(pieces, [65536, 65536, 18928]);
  guest.assertWroteOnly(100, 150_000);
  assertEquals([guest.bytes[100], guest.bytes[100 + 65536], guest.bytes[150_099]], [1, 2, 3]);
});

Deno.test("random_get of nothing writes nothing", () => {
  const guest = new Guest();
  assertEquals(guest.call.random_get!(65536, 0), wasi.ERRNO_SUCCESS);
  guest.assertWroteOnly(65000, 0);
});

Deno.test("random_get answers EFAULT for bad pointers", () => {
  const guest = new Guest();
  for (const [pointer, length] of [[65536, 1], [0, 65537], [-1, 1], [-1, -1], [1, -1]]) {
    assertEquals(guest.call.random_get!(pointer!, length!), wasi.ERRNO_FAULT);
  }
  assertEquals(guest.bytes.every((byte) => byte === 0xa5), true);
});

Deno.test("random_get of a huge buffer ends at the deadline instead of filling it", () => {
  let filled = 0;
  const guest = new Guest({
    random: (target) => {
      filled += target.length;
      guest.time.ms += 1;
    },
  });
  guest.memory.grow(16 * 1024);
  guest.begin({ deadlineMs: guest.time.ms + 50 });
  assertEquals(guest.stops(() => guest.call.random_get!(0, 2 ** 30)), true);
  assertEquals(guest.host.stopped, { kind: "timeout" });
  assertEquals(filled < 80 * 65536, true);
});

Deno.test("the secure source gives different bytes each time", () => {
  const [a, b] = [new Uint8Array(32), new Uint8Array(32)];
  secureRandom(a);
  secureRandom(b);
  assertEquals(a.every((byte, i) => byte === b[i]), false);
});
