import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals, assertNotEquals } from "@std/assert";
import { FileGuest, memoryMount, ROOT, type Status, testOnBoth } from "./testing_files.ts";

const DAY_NS = 86_400_000_000_000n;
/** 2001-09-09 and some nanoseconds, which a double of seconds cannot hold. */
const TIME_NS = 1_000_000_000_123_456_789n;

function status(guest: FileGuest, path: string, follow = false): Status {
  const result = guest.status(path, { follow });
  if (typeof result === "number") throw new Error(`Cannot stat ${path}: ${-result}`);
  return result;
}

testOnBoth("path_create_directory makes one directory", (guest) => {
  assertEquals(guest.mkdir("d"), 0);
  assertEquals(guest.mkdir("d/e/"), 0);
  assertEquals(status(guest, "d/e").filetype, wasi.FILETYPE_DIRECTORY);
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

testOnBoth("path_symlink and path_readlink write and read a link", (guest) => {
  assertEquals(guest.symlink("some/ü where", "link"), 0);
  assertEquals(guest.readlink("link"), "some/ü where");
  assertEquals(guest.readlink("link", 4), "some");
  assertEquals(status(guest, "link").filetype, wasi.FILETYPE_SYMBOLIC_LINK);
  assertEquals(status(guest, "link").size, 13n);
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

testOnBoth("path_filestat_get follows links where asked, and knows slashes", (guest) => {
  guest.file("f", "12345");
  guest.symlink("f", "link");
  assertEquals(status(guest, "link", true).ino, status(guest, "f").ino);
  assertNotEquals(status(guest, "link").ino, status(guest, "f").ino);
  assertEquals(status(guest, "f").size, 5n);
  assertEquals(status(guest, ".").filetype, wasi.FILETYPE_DIRECTORY);
  assertEquals(guest.status("f/"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.status("missing"), -wasi.ERRNO_NOENT);
  assertEquals(guest.status(".."), -wasi.ERRNO_PERM);
});

testOnBoth("path_filestat_set_times sets times to the nanosecond, one or both", (guest) => {
  guest.file("f");
  assertEquals(guest.setTimes("f", TIME_NS, TIME_NS + 1n, 5), 0);
  assertEquals([status(guest, "f").atim, status(guest, "f").mtim], [TIME_NS, TIME_NS + 1n]);
  assertEquals(guest.setTimes("f", 0n, TIME_NS + DAY_NS, wasi.FSTFLAGS_MTIM), 0);
  assertEquals([status(guest, "f").atim, status(guest, "f").mtim], [TIME_NS, TIME_NS + DAY_NS]);
  assertEquals(guest.setTimes("f", 0n, 0n, wasi.FSTFLAGS_ATIM_NOW), 0);
  assertEquals(status(guest, "f").atim, guest.time.realtimeNs());
  assertEquals(guest.setTimes(".", TIME_NS, TIME_NS, 5), 0);
  assertEquals(status(guest, ".").mtim, TIME_NS);
});

testOnBoth("path_filestat_set_times sets a link's own times unless it is followed", (guest) => {
  guest.file("f");
  guest.symlink("f", "link");
  const before = status(guest, "f").mtim;
  assertEquals(guest.setTimes("link", TIME_NS, TIME_NS, 5), 0);
  assertEquals([status(guest, "link").mtim, status(guest, "f").mtim], [TIME_NS, before]);
  assertEquals(guest.setTimes("link", TIME_NS + 1n, TIME_NS + 1n, 5, true), 0);
  assertEquals([status(guest, "link").mtim, status(guest, "f").mtim], [TIME_NS, TIME_NS + 1n]);
});

testOnBoth("path_filestat_set_times refuses contradictory flags and what is not there", (guest) => {
  guest.file("f");
  for (const flags of [3, 12, 15, 16, -1]) {
    assertEquals(guest.setTimes("f", 0n, 0n, flags), -wasi.ERRNO_INVAL);
  }
  assertEquals(guest.setTimes("missing", 0n, 0n, 5), -wasi.ERRNO_NOENT);
  assertEquals(guest.setTimes("f/", 0n, 0n, 5), -wasi.ERRNO_NOTDIR);
});

testOnBoth("every path call needs a directory", (guest) => {
  const fd = guest.create("f");
  for (
    const [bad, errno] of [[fd, wasi.ERRNO_NOTDIR], [99, wasi.ERRNO_BADF], [1, wasi.ERRNO_BADF]]
  ) {
    const at = bad!;
    assertEquals([
      guest.mkdir("x", at),
      guest.rmdir("x", at),
      guest.unlink("x", at),
      guest.symlink("x", "y", at),
      guest.readlink("x", 10, at),
      guest.link("x", "y", { from: at }),
      guest.link("f", "y", { to: at }),
      guest.rename("x", "y", { from: at }),
      guest.rename("f", "y", { to: at }),
      guest.status("x", { at }),
    ], new Array(10).fill(-errno!));
  }
});

Deno.test("path calls answer EFAULT for bad pointers", () => {
  const guest = new FileGuest([memoryMount({ f: new Uint8Array(1), link: "f" })]);
  const length = guest.put(256, "link");
  const { call } = guest;
  assertEquals([
    call.path_create_directory!(ROOT, 65536, 1),
    call.path_remove_directory!(ROOT, -1, 4),
    call.path_unlink_file!(ROOT, 65530, 7),
    call.path_filestat_get!(ROOT, 0, 256, length, 65500),
    call.path_filestat_set_times!(ROOT, 0, 65536, 1, 0n, 0n, 0),
    call.path_readlink!(ROOT, 256, length, 65536, 1, 512),
    call.path_readlink!(ROOT, 256, length, 600, 4, 65533),
    call.path_symlink!(65536, 1, ROOT, 256, length),
    call.path_symlink!(256, length, ROOT, 65536, 1),
    call.path_link!(ROOT, 0, 256, length, ROOT, 65536, 1),
    call.path_rename!(ROOT, 65536, 1, ROOT, 256, length),
  ], new Array(11).fill(wasi.ERRNO_FAULT));
  assertEquals(guest.names("."), ["f", "link"]);
});

Deno.test("each operation needs its right, and ENOTCAPABLE is the answer without", () => {
  const guest = new FileGuest([memoryMount({ f: new Uint8Array(1), link: "f" })]);
  assertEquals(guest.call.fd_fdstat_set_rights!(ROOT, 0n, 0n), 0);
  assertEquals([
    guest.open("f"),
    guest.mkdir("x"),
    guest.rmdir("x"),
    guest.unlink("f"),
    guest.symlink("x", "y"),
    guest.readlink("link"),
    guest.link("f", "y"),
    guest.rename("f", "y"),
    guest.status("f"),
    guest.setTimes("f", 0n, 0n, 0),
    -guest.call.fd_readdir!(ROOT, 0, 100, 0n, 200),
    -guest.call.fd_filestat_set_times!(ROOT, 0n, 0n, 0),
  ], new Array(12).fill(-wasi.ERRNO_NOTCAPABLE));
});
