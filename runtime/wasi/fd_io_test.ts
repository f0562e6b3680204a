import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FileGuest, HostFolder, memoryMount, testOnBoth } from "./testing_files.ts";

const { FDFLAGS_APPEND } = wasi;

testOnBoth("fd_write and fd_read move one position", (guest) => {
  const fd = guest.create("f");
  assertEquals([guest.write(fd, "hello"), guest.tell(fd)], [5, 5]);
  assertEquals([guest.read(fd), guest.seek(fd, 1n), guest.read(fd, 3)], ["", 1, "ell"]);
  assertEquals([guest.write(fd, "OUT"), guest.tell(fd)], [3, 7]);
  assertEquals(guest.contents("f"), "hellOUT");
});

testOnBoth("fd_pread and fd_pwrite leave the position alone", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "0123456789");
  guest.seek(fd, 2n);
  assertEquals([guest.read(fd, 3, 5n), guest.write(fd, "xy", 8n), guest.tell(fd)], ["567", 2, 2]);
  assertEquals([guest.read(fd, 3, 10n), guest.read(fd, 3, 2n ** 60n)], ["", ""]);
  assertEquals(guest.contents("f"), "01234567xy");
});

testOnBoth("an offset of 2^63 or more is EINVAL, never a place near the end", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "0123456789");
  assertEquals([guest.read(fd, 3, -1n), guest.write(fd, "x", -1n)], [
    -wasi.ERRNO_INVAL,
    -wasi.ERRNO_INVAL,
  ]);
  assertEquals(guest.write(fd, "x", 2n ** 62n), -wasi.ERRNO_FBIG);
  assertEquals(guest.contents("f"), "0123456789");
});

testOnBoth("writing past the end leaves zeros between", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "ab");
  guest.seek(fd, 5n);
  guest.write(fd, "z");
  assertEquals(guest.contents("f"), "ab\0\0\0z");
});

testOnBoth(
  "appending writes to the end, wherever the position is, until it is switched off",
  (guest) => {
    const fd = guest.create("f", { fdflags: FDFLAGS_APPEND });
    const other = guest.open("f");
    guest.write(fd, "one");
    guest.write(other, "ONE+", 0n);
    guest.seek(fd, 0n);
    assertEquals([guest.write(fd, "two"), guest.tell(fd)], [3, 7]);
    assertEquals(guest.contents("f"), "ONE+two");
    assertEquals(guest.call.fd_fdstat_set_flags!(fd, 0), 0);
    guest.seek(fd, 0n);
    guest.write(fd, "off");
    assertEquals(guest.contents("f"), "off+two");
    assertEquals(guest.call.fd_fdstat_set_flags!(fd, FDFLAGS_APPEND), 0);
    guest.seek(fd, 1n);
    guest.write(fd, "!");
    assertEquals([guest.contents("f"), guest.tell(fd)], ["off+two!", 8]);
  },
);

testOnBoth("a directory is neither read, written, sought nor cut off", (guest) => {
  const answers = [
    guest.read(3),
    guest.read(3, 10, 0n),
    guest.write(3, "x"),
    guest.write(3, "x", 0n),
    guest.seek(3, 0n),
    guest.tell(3),
    -guest.call.fd_filestat_set_size!(3, 0n),
    -guest.call.fd_allocate!(3, 0n, 1n),
    -guest.call.fd_fdstat_set_flags!(3, 0),
  ];
  assertEquals(answers, answers.map(() => -wasi.ERRNO_BADF));
});

Deno.test("vectors that name each other's bytes stay inside the memory", () => {
  const guest = new FileGuest([memoryMount({ f: new Uint8Array(64).fill(0xff) })]);
  const fd = guest.open("f");
  guest.putVectors(1000, [1008, 8], [2000, 8], [3000, 8]);
  assertEquals(guest.call.fd_read!(fd, 1000, 3, 512), 0);
  assertEquals(guest.u32(512), 8);
});

Deno.test("a file in memory is like an array, whatever is done to it", () => {
  const operation = fc.oneof(
    fc.record({
      op: fc.constant("write" as const),
      at: fc.nat(300),
      text: fc.string({ maxLength: 60 }),
    }),
    fc.record({ op: fc.constant("size" as const), at: fc.nat(400), text: fc.constant("") }),
    fc.record({
      op: fc.constant("append" as const),
      at: fc.constant(0),
      text: fc.string({ maxLength: 60 }),
    }),
  );
  const start = new TextEncoder().encode("template".repeat(10));
  fc.assert(fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
    const guest = new FileGuest([memoryMount({ f: start.slice() })]);
    const fd = guest.open("f");
    let model: number[] = [...start];
    for (const { op, at, text } of operations) {
      const bytes = new TextEncoder().encode(text);
      const from = op === "append" ? model.length : at;
      if (op === "size") {
        guest.call.fd_filestat_set_size!(fd, BigInt(at));
        model = Array.from({ length: at }, (_, i) => model[i] ?? 0);
      } else if (bytes.length > 0) {
        guest.write(fd, bytes, BigInt(from));
        const length = Math.max(model.length, from + bytes.length);
        model = Array.from({ length }, (_, i) => bytes[i - from] ?? model[i] ?? 0);
      }
    }
    guest.read(fd, 2000, 0n);
    assertEquals(guest.size("f"), model.length);
    assertEquals([...guest.bytes.slice(16384, 16384 + model.length)], model);
    guest.begin();
    assertEquals(guest.contents("f"), "template".repeat(10));
  }));
});

Deno.test("two runs appending to one host file at once lose nothing", () => {
  using folder = new HostFolder();
  const guests = [1, 2].map(() => new FileGuest([folder.mount()]));
  const fds = guests.map((guest) => guest.create("log", { fdflags: FDFLAGS_APPEND }));
  for (let i = 0; i < 20; i++) guests.forEach((guest, who) => guest.write(fds[who]!, `${who}`));
  assertEquals(guests[0]!.contents("log"), "01".repeat(20));
  guests.forEach((guest) => guest.host.end());
});
