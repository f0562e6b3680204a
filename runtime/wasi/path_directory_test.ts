import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { type Status, testOnBoth } from "./testing_files.ts";

testOnBoth("path_create_directory makes one directory", (guest) => {
  assertEquals(guest.mkdir("d"), 0);
  assertEquals(guest.mkdir("d/e/"), 0);
  assertEquals((guest.status("d/e") as Status).filetype, wasi.FILETYPE_DIRECTORY);
  assertEquals(guest.mkdir("d"), -wasi.ERRNO_EXIST);
  assertEquals(guest.mkdir("."), -wasi.ERRNO_EXIST);
  assertEquals(guest.mkdir("x/y"), -wasi.ERRNO_NOENT);
  assertEquals(guest.mkdir("../x"), -wasi.ERRNO_PERM);
  guest.file("f");
  assertEquals([guest.mkdir("f"), guest.mkdir("f/x")], [-wasi.ERRNO_EXIST, -wasi.ERRNO_NOTDIR]);
  guest.symlink("nowhere", "link");
  assertEquals(guest.mkdir("link"), -wasi.ERRNO_EXIST);
});

testOnBoth("path_remove_directory removes empty directories only", (guest) => {
  guest.mkdir("d");
  guest.mkdir("d/e");
  guest.file("f");
  guest.symlink("d", "link");
  assertEquals(guest.rmdir("d"), -wasi.ERRNO_NOTEMPTY);
  assertEquals(guest.rmdir("f"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.rmdir("f/"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.rmdir("link"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.rmdir("d/e/."), -wasi.ERRNO_INVAL);
  assertEquals(guest.rmdir("missing"), -wasi.ERRNO_NOENT);
  assertEquals([guest.rmdir("d/e/"), guest.rmdir("d")], [0, 0]);
  assertEquals(guest.names("."), ["f", "link"]);
});

testOnBoth("path_unlink_file removes files and links, not directories", (guest) => {
  guest.mkdir("d");
  guest.file("f");
  guest.symlink("d", "link");
  assertEquals(guest.unlink("d"), -wasi.ERRNO_ISDIR);
  assertEquals(guest.unlink("d/"), -wasi.ERRNO_ISDIR);
  assertEquals(guest.unlink("."), -wasi.ERRNO_ISDIR);
  assertEquals(guest.unlink("f/"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.unlink("link/"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.unlink("missing"), -wasi.ERRNO_NOENT);
  assertEquals([guest.unlink("f"), guest.unlink("link")], [0, 0]);
  assertEquals(guest.names("."), ["d"]);
});

testOnBoth("an unlinked file lives on while it is open", (guest) => {
  const fd = guest.create("f");
  guest.write(fd, "text");
  assertEquals(guest.unlink("f"), 0);
  assertEquals([guest.seek(fd, 0n), guest.read(fd)], [0, "text"]);
  assertEquals((guest.fdStatus(fd) as Status).nlink, 0n);
  assertEquals(guest.open("f"), -wasi.ERRNO_NOENT);
});

testOnBoth("nothing can be made in a directory that was removed", (guest) => {
  guest.mkdir("d");
  const fd = guest.openDirectory("d");
  assertEquals(guest.rmdir("d"), 0);
  assertEquals(guest.create("f", { at: fd }), -wasi.ERRNO_NOENT);
  assertEquals(guest.mkdir("e", fd), -wasi.ERRNO_NOENT);
  const listing = guest.readdir(fd);
  assertEquals(typeof listing !== "number" && listing.isEnd, true);
});
