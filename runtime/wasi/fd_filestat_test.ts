import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { type Status, testOnBoth } from "./testing_files.ts";

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
