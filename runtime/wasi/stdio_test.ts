import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { Guest } from "./testing.ts";

const { ERRNO_BADF, ERRNO_FAULT, ERRNO_SPIPE, ERRNO_SUCCESS } = wasi;

Deno.test("fd_write gathers its vectors into stdout and stderr", () => {
  const guest = new Guest();
  guest.put(1000, "hello, ");
  guest.put(2000, "world");
  guest.putVectors(100, [1000, 7], [0, 0], [2000, 5]);
  assertEquals(guest.call.fd_write!(1, 100, 3, 200), ERRNO_SUCCESS);
  assertEquals(guest.u32(200), 12);
  guest.assertWroteOnly(200, 4);
  assertEquals(guest.call.fd_write!(2, 100, 1, 200), ERRNO_SUCCESS);
  assertEquals([guest.io.text("stdout"), guest.io.text("stderr")], ["hello, world", "hello, "]);
});

Deno.test("fd_read scatters stdin into its vectors and answers 0 at the end", () => {
  const guest = new Guest();
  guest.io.stdinBytes = new TextEncoder().encode("abcdefg");
  guest.putVectors(100, [1000, 3], [2000, 100]);
  assertEquals(guest.call.fd_read!(0, 100, 2, 200), ERRNO_SUCCESS);
  assertEquals([guest.u32(200), guest.text(1000, 3), guest.text(2000, 4)], [7, "abc", "defg"]);
  guest.assertWroteOnly(1000, 3);
  guest.assertWroteOnly(2000, 4);
  assertEquals(guest.call.fd_read!(0, 100, 2, 200), ERRNO_SUCCESS);
  assertEquals(guest.u32(200), 0);
});

Deno.test("fd_write reports what a sink took when that is not all", () => {
  const guest = new Guest();
  guest.io.takeBytes = 4;
  guest.put(1000, "abcdefgh");
  guest.putVectors(100, [1000, 6], [1006, 2]);
  assertEquals(guest.call.fd_write!(1, 100, 2, 200), ERRNO_SUCCESS);
  assertEquals([guest.u32(200), guest.io.text("stdout")], [4, "abcd"]);
});

Deno.test("a sink over its limit stops the run as output_too_large", () => {
  const guest = new Guest();
  guest.io.stdoutLimit = 5;
  guest.putVectors(100, [1000, 6]);
  assertEquals(guest.stops(() => guest.call.fd_write!(1, 100, 1, 200)), true);
  assertEquals(guest.host.stopped, { kind: "output_too_large" });
});

Deno.test("one fd_write moves at most 16 MiB", () => {
  let written = 0;
  const guest = new Guest();
  guest.io.stdout.write = (bytes) => written += bytes.length;
  guest.memory.grow(1000);
  guest.putVectors(100, [0, 40_000_000], [0, 10]);
  assertEquals(guest.call.fd_write!(1, 100, 2, 200), ERRNO_SUCCESS);
  assertEquals([guest.u32(200), written], [16777216, 16777216]);
});

Deno.test("reading and writing work with pointers of 2 GiB and more", () => {
  const guest = new Guest();
  const high = 2 ** 31 + 5;
  guest.memory.grow(32769);
  guest.put(high, "high");
  guest.putVectors(high + 100, [high, 4]);
  assertEquals(guest.call.fd_write!(1, (high + 100) | 0, 1, (high + 200) | 0), ERRNO_SUCCESS);
  assertEquals([guest.u32(high + 200), guest.io.text("stdout")], [4, "high"]);
});

Deno.test("reading and writing answer EFAULT for bad pointers, and move nothing", () => {
  const guest = new Guest();
  guest.io.stdinBytes = new Uint8Array(10);
  const attempt = (iovecs: number, count: number, result: number) => [
    guest.call.fd_write!(1, iovecs, count, result),
    guest.call.fd_read!(0, iovecs, count, result),
  ];
  guest.putVectors(100, [1000, 4], [65530, 7]);
  assertEquals(attempt(100, 2, 200), [ERRNO_FAULT, ERRNO_FAULT], "a vector past the memory");
  guest.putVectors(100, [0xfffffffe, 4]);
  assertEquals(attempt(100, 1, 200), [ERRNO_FAULT, ERRNO_FAULT], "a vector that wraps around");
  guest.putVectors(100, [1000, 4]);
  assertEquals(attempt(100, 1, 65533), [ERRNO_FAULT, ERRNO_FAULT], "a bad result pointer");
  assertEquals(attempt(65529, 1, 200), [ERRNO_FAULT, ERRNO_FAULT], "vectors past the memory");
  assertEquals(attempt(100, 0x20000000, 200), [ERRNO_FAULT, ERRNO_FAULT], "far too many vectors");
  assertEquals(attempt(-8, 1, 200), [ERRNO_FAULT, ERRNO_FAULT]);
  assertEquals([guest.io.text("stdout"), guest.io.stdinBytes.length], ["", 10]);
  guest.assertWroteOnly(1000, 0);
});

Deno.test("views follow the memory when it grows during a run", () => {
  const guest = new Guest();
  guest.putVectors(100, [65536, 3]);
  assertEquals(guest.call.fd_write!(1, 100, 1, 200), ERRNO_FAULT);
  guest.memory.grow(1);
  guest.put(65536, "new");
  assertEquals(guest.call.fd_write!(1, 100, 1, 200), ERRNO_SUCCESS);
  assertEquals(guest.io.text("stdout"), "new");
});

Deno.test("a host without a memory answers EFAULT", () => {
  const guest = new Guest();
  guest.host.bind(undefined);
  assertEquals(guest.call.fd_write!(1, 0, 0, 0), ERRNO_FAULT);
  assertEquals(guest.call.clock_time_get!(0, 0n, 0), ERRNO_FAULT);
});

Deno.test("streams have no position", () => {
  const guest = new Guest();
  guest.putVectors(100, [1000, 4]);
  for (const fd of [0, 1, 2]) {
    assertEquals(guest.call.fd_seek!(fd, 0n, wasi.WHENCE_CUR, 200), ERRNO_SPIPE);
    assertEquals(guest.call.fd_tell!(fd, 200), ERRNO_SPIPE);
  }
  assertEquals(guest.call.fd_pwrite!(1, 100, 1, 0n, 200), ERRNO_SPIPE);
  assertEquals(guest.call.fd_pread!(0, 100, 1, 0n, 200), ERRNO_SPIPE);
  guest.assertWroteOnly(200, 0);
});

Deno.test("streams go one way", () => {
  const guest = new Guest();
  guest.putVectors(100, [1000, 4]);
  assertEquals(guest.call.fd_read!(1, 100, 1, 200), ERRNO_BADF);
  assertEquals(guest.call.fd_write!(0, 100, 1, 200), ERRNO_BADF);
  assertEquals(guest.call.fd_pread!(2, 100, 1, 0n, 200), ERRNO_BADF);
  assertEquals(guest.call.fd_pwrite!(0, 100, 1, 0n, 200), ERRNO_BADF);
});

Deno.test("fd_fdstat_get tells terminals from other streams", () => {
  const guest = new Guest({ terminals: [0, 2] });
  const types = [0, 1, 2].map((fd) => {
    guest.bytes.fill(0xa5);
    assertEquals(guest.call.fd_fdstat_get!(fd, 200), ERRNO_SUCCESS);
    guest.assertWroteOnly(200, 24);
    return [guest.bytes[200], guest.view.getUint16(202, true), guest.u64(208), guest.u64(216)];
  });
  const poll = wasi.RIGHTS_POLL_FD_READWRITE;
  const [read, write] = [BigInt(wasi.RIGHTS_FD_READ | poll), BigInt(wasi.RIGHTS_FD_WRITE | poll)];
  assertEquals(types, [
    [wasi.FILETYPE_CHARACTER_DEVICE, 0, read, read],
    [wasi.FILETYPE_UNKNOWN, 0, write, write],
    [wasi.FILETYPE_CHARACTER_DEVICE, 0, write, write],
  ]);
});

Deno.test("fd_filestat_get of a stream is its type and zeros", () => {
  const guest = new Guest();
  assertEquals(guest.call.fd_filestat_get!(1, 200), ERRNO_SUCCESS);
  guest.assertWroteOnly(200, 64);
  assertEquals([guest.bytes[216], guest.u64(232)], [wasi.FILETYPE_UNKNOWN, 0n]);
});

Deno.test("file operations on streams answer EBADF, as in Wasmtime", () => {
  const guest = new Guest();
  const answers = [
    guest.call.fd_sync!(1),
    guest.call.fd_datasync!(1),
    guest.call.fd_advise!(1, 0n, 0n, 0),
    guest.call.fd_allocate!(1, 0n, 1n),
    guest.call.fd_filestat_set_size!(1, 0n),
    guest.call.fd_filestat_set_times!(1, 0n, 0n, 0),
    guest.call.fd_fdstat_set_flags!(1, 0),
    guest.call.fd_readdir!(1, 1000, 100, 0n, 200),
    guest.call.fd_prestat_get!(1, 1000),
    guest.call.path_open!(1, 0, 1000, 1, 0, 0n, 0n, 0, 200),
    guest.call.path_create_directory!(1, 1000, 1),
  ];
  assertEquals(answers, answers.map(() => ERRNO_BADF));
});
