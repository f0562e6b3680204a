import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { testOnBoth } from "./testing_files.ts";

const { WHENCE_CUR, WHENCE_END, WHENCE_SET } = wasi;

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

testOnBoth("after appending the position is the end, until it is moved", (guest) => {
  guest.file("f", "0123");
  const fd = guest.open("f", { fdflags: wasi.FDFLAGS_APPEND });
  guest.write(fd, "45");
  assertEquals([guest.seek(fd, 1n), guest.read(fd, 2)], [1, "12"]);
  guest.write(fd, "67");
  assertEquals([guest.read(fd), guest.tell(fd)], ["", 8]);
  guest.write(fd, "89");
  assertEquals(guest.seek(fd, -1n, WHENCE_CUR), 9);
});
