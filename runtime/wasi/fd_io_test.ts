import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  ALL,
  FileGuest,
  HostFolder,
  memoryMount,
  type Status,
  testOnBoth,
} from "./testing_files.ts";

const { FDFLAGS_APPEND, WHENCE_CUR, WHENCE_END, WHENCE_SET } = wasi;

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

testOnBoth("fd_seek counts from the start, the position and the end", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "0123456789");
  assertEquals(guest.seek(fd, 3n, WHENCE_SET), 3);
  assertEquals(guest.seek(fd, 2n, WHENCE_CUR), 5);
  assertEquals(guest.seek(fd, -1n, WHENCE_END), 9);
  assertEquals(guest.seek(fd, 100n, WHENCE_END), 110);
  assertEquals(guest.read(fd), "");
  assertEquals(guest.seek(fd, -111n, WHENCE_CUR), -wasi.ERRNO_INVAL);
  assertEquals(guest.seek(fd, -1n, WHENCE_SET), -wasi.ERRNO_INVAL);
  assertEquals(guest.seek(fd, 0n, 3), -wasi.ERRNO_INVAL);
  assertEquals(guest.tell(fd), 110);
  assertEquals(guest.call.fd_seek!(fd, 0n, WHENCE_SET, 65529), wasi.ERRNO_FAULT);
  assertEquals(guest.tell(fd), 110);
  assertEquals(guest.seek(99, 0n), -wasi.ERRNO_BADF);
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

testOnBoth("fd_fdstat_set_flags keeps what only opening can set", (guest) => {
  const fd = guest.create("f", { fdflags: wasi.FDFLAGS_SYNC });
  assertEquals(guest.write(fd, "x"), 1);
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, wasi.FDFLAGS_NONBLOCK), 0);
  guest.call.fd_fdstat_get!(fd, 512);
  assertEquals(guest.view.getUint16(514, true), wasi.FDFLAGS_SYNC | wasi.FDFLAGS_NONBLOCK);
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, wasi.FDFLAGS_DSYNC), wasi.ERRNO_INVAL);
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, 32), wasi.ERRNO_INVAL);
});

testOnBoth("fd_filestat_set_size cuts off and fills with zeros", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "0123456789");
  assertEquals(guest.call.fd_filestat_set_size!(fd, 4n), 0);
  assertEquals(guest.contents("f"), "0123");
  assertEquals(guest.call.fd_filestat_set_size!(fd, 7n), 0);
  assertEquals(guest.contents("f"), "0123\0\0\0");
  assertEquals(guest.call.fd_filestat_set_size!(fd, -1n), wasi.ERRNO_FBIG);
  const reader = guest.open("f", { rights: BigInt(wasi.RIGHTS_FD_READ) });
  assertEquals(guest.call.fd_filestat_set_size!(reader, 0n), wasi.ERRNO_INVAL);
});

testOnBoth("fd_allocate only ever makes a file longer", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "0123456789");
  assertEquals(guest.call.fd_allocate!(fd, 2n, 3n), 0);
  assertEquals(guest.size("f"), 10);
  assertEquals(guest.call.fd_allocate!(fd, 8n, 12n), 0);
  assertEquals([guest.size("f"), guest.read(fd, 3, 9n)], [20, "9\0\0"]);
  assertEquals(guest.call.fd_allocate!(fd, 0n, 0n), wasi.ERRNO_INVAL);
  assertEquals(guest.call.fd_allocate!(fd, -1n, -1n), wasi.ERRNO_FBIG);
});

testOnBoth("fd_advise, fd_sync and fd_datasync take files", (guest) => {
  const fd = guest.create("f");
  assertEquals([
    guest.call.fd_advise!(fd, 0n, 10n, wasi.ADVICE_RANDOM),
    guest.call.fd_sync!(fd),
    guest.call.fd_datasync!(fd),
  ], [0, 0, 0]);
  assertEquals(guest.call.fd_advise!(fd, 0n, 0n, 6), wasi.ERRNO_INVAL);
  assertEquals(guest.call.fd_advise!(99, 0n, 0n, 0), wasi.ERRNO_BADF);
  assertEquals(guest.call.fd_sync!(99), wasi.ERRNO_BADF);
  assertEquals(guest.call.fd_datasync!(3), wasi.ERRNO_BADF);
});

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

testOnBoth("fd_filestat_get tells size and times, fd_filestat_set_times sets them", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "12345");
  const ns = 1_700_000_000_111_222_333n;
  assertEquals(guest.call.fd_filestat_set_times!(fd, ns, ns + 7n, 5), 0);
  const status = guest.fdStatus(fd) as Status;
  assertEquals([status.size, status.atim, status.mtim], [5n, ns, ns + 7n]);
  assertEquals(guest.call.fd_filestat_set_times!(fd, 0n, 0n, 3), wasi.ERRNO_INVAL);
  assertEquals(guest.call.fd_filestat_set_times!(99, 0n, 0n, 0), wasi.ERRNO_BADF);
  guest.write(fd, "6");
  assertEquals((guest.fdStatus(fd) as Status).mtim === ns + 7n, false);
  assertEquals(guest.call.fd_filestat_get!(fd, 65500), wasi.ERRNO_FAULT);
});

testOnBoth("poll_oneoff reports what is left of a file, and its end", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "12345");
  guest.seek(fd, 2n);
  const poll = () => {
    guest.bytes.fill(0, 1000, 1048);
    guest.view.setUint8(1008, wasi.EVENTTYPE_FD_READ);
    guest.view.setUint32(1016, fd, true);
    assertEquals(guest.call.poll_oneoff!(1000, 2000, 1, 3000), 0);
    return [guest.u64(2016), guest.view.getUint16(2024, true)];
  };
  assertEquals(poll(), [3n, 0]);
  guest.seek(fd, 9n);
  assertEquals(poll(), [0n, wasi.EVENTRWFLAGS_FD_READWRITE_HANGUP]);
});

testOnBoth("rights given up are enforced, for good", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "text");
  const setRights = guest.call.fd_fdstat_set_rights!;
  assertEquals(setRights(fd, BigInt(wasi.RIGHTS_FD_READ), 0n), 0);
  assertEquals([guest.seek(fd, 0n), guest.tell(fd)], [
    -wasi.ERRNO_NOTCAPABLE,
    -wasi.ERRNO_NOTCAPABLE,
  ]);
  assertEquals([guest.write(fd, "x"), guest.read(fd, 2, 0n)], [-wasi.ERRNO_BADF, "te"]);
  assertEquals([
    guest.call.fd_sync!(fd),
    guest.call.fd_datasync!(fd),
    guest.call.fd_advise!(fd, 0n, 0n, 0),
    guest.call.fd_allocate!(fd, 0n, 9n),
    guest.call.fd_filestat_set_size!(fd, 0n),
    guest.call.fd_filestat_set_times!(fd, 0n, 0n, 0),
    guest.call.fd_fdstat_set_flags!(fd, 0),
  ], new Array(7).fill(wasi.ERRNO_NOTCAPABLE));
  assertEquals(setRights(fd, ALL, 0n), wasi.ERRNO_NOTCAPABLE);
  assertEquals(setRights(fd, 2n | 2n ** 40n, 0n), wasi.ERRNO_NOTCAPABLE);
  assertEquals(setRights(99, 0n, 0n), wasi.ERRNO_BADF);
});

testOnBoth("fd_renumber moves a file and closes what was there", (guest) => {
  const [a, b] = [guest.create("a"), guest.create("b")];
  guest.write(a, "a");
  assertEquals(guest.call.fd_renumber!(a, b), 0);
  assertEquals([guest.write(b, "+"), guest.write(a, "x")], [1, -wasi.ERRNO_BADF]);
  assertEquals([guest.contents("a"), guest.contents("b")], ["a+", ""]);
  assertEquals(guest.call.fd_renumber!(b, b), 0);
  assertEquals(guest.call.fd_renumber!(b, 77), wasi.ERRNO_BADF);
  assertEquals(guest.call.fd_renumber!(77, b), wasi.ERRNO_BADF);
  assertEquals(guest.tell(b), 2);
});

testOnBoth("an end of run closes all files, and the next run cannot use their numbers", (guest) => {
  const fd = guest.create("f");
  guest.begin();
  assertEquals(guest.read(fd), -wasi.ERRNO_BADF);
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
