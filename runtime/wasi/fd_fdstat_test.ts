import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { ALL, testOnBoth } from "./testing_files.ts";

testOnBoth("fd_fdstat_set_flags keeps what only opening can set", (guest) => {
  const fd = guest.create("f", { fdflags: wasi.FDFLAGS_SYNC });
  assertEquals(guest.write(fd, "x"), 1);
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, wasi.FDFLAGS_NONBLOCK), 0);
  guest.call.fd_fdstat_get!(fd, 512);
  assertEquals(guest.view.getUint16(514, true), wasi.FDFLAGS_SYNC | wasi.FDFLAGS_NONBLOCK);
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, wasi.FDFLAGS_DSYNC), wasi.ERRNO_INVAL);
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, 32), wasi.ERRNO_INVAL);
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
