import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { testOnBoth } from "./testing_files.ts";

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
