import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { type Status, testOnBoth } from "./testing_files.ts";

testOnBoth("path_symlink and path_readlink write and read a link", (guest) => {
  assertEquals(guest.symlink("some/ü where", "link"), 0);
  assertEquals(guest.readlink("link"), "some/ü where");
  assertEquals(guest.readlink("link", 4), "some");
  assertEquals((guest.status("link") as Status).filetype, wasi.FILETYPE_SYMBOLIC_LINK);
  assertEquals((guest.status("link") as Status).size, 13n);
  guest.file("f");
  assertEquals(guest.readlink("f"), -wasi.ERRNO_INVAL);
  assertEquals(guest.readlink("."), -wasi.ERRNO_INVAL);
  assertEquals(guest.readlink("missing"), -wasi.ERRNO_NOENT);
});

testOnBoth("path_symlink refuses taken names, slashes and absolute contents", (guest) => {
  guest.file("f");
  guest.mkdir("d");
  assertEquals(guest.symlink("x", "f"), -wasi.ERRNO_EXIST);
  assertEquals(guest.symlink("x", "d/"), -wasi.ERRNO_EXIST);
  assertEquals(guest.symlink("x", "."), -wasi.ERRNO_EXIST);
  assertEquals(guest.symlink("x", "new/"), -wasi.ERRNO_NOENT);
  assertEquals(guest.symlink("/etc/passwd", "new"), -wasi.ERRNO_PERM);
  assertEquals(guest.symlink("", "new"), -wasi.ERRNO_NOENT);
  assertEquals(guest.symlink("a\0b", "new"), -wasi.ERRNO_INVAL);
  assertEquals(guest.names("."), ["d", "f"]);
});
