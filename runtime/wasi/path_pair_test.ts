import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { FileGuest, HostFolder, memoryMount, type Status, testOnBoth } from "./testing_files.ts";

testOnBoth("path_link gives a file a second name", (guest) => {
  guest.file("f", "text");
  guest.mkdir("d");
  assertEquals(guest.link("f", "d/g"), 0);
  const [f, g] = [guest.status("f") as Status, guest.status("d/g") as Status];
  assertEquals([f.ino, f.nlink], [g.ino, 2n]);
  const fd = guest.open("d/g");
  guest.write(fd, "TE");
  assertEquals(guest.contents("f"), "TExt");
  guest.unlink("f");
  assertEquals([guest.contents("d/g"), (guest.fdStatus(fd) as Status).nlink], ["TExt", 1n]);
});

testOnBoth("path_link links a link itself, even one that leads nowhere", (guest) => {
  guest.symlink("nowhere", "link");
  assertEquals(guest.link("link", "copy"), 0);
  assertEquals(guest.readlink("copy"), "nowhere");
});

testOnBoth("path_link refuses directories, taken names, slashes and following links", (guest) => {
  guest.file("f");
  guest.file("taken");
  guest.mkdir("d");
  guest.symlink("f", "link");
  assertEquals(guest.link("d", "new"), -wasi.ERRNO_PERM);
  assertEquals(guest.link("f", "taken"), -wasi.ERRNO_EXIST);
  assertEquals(guest.link("f", "f"), -wasi.ERRNO_EXIST);
  assertEquals(guest.link("f", "d"), -wasi.ERRNO_EXIST);
  assertEquals(guest.link("f", "link"), -wasi.ERRNO_EXIST);
  assertEquals(guest.link("f", "new/"), -wasi.ERRNO_NOENT);
  assertEquals(guest.link("f/", "new"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.link("missing", "new"), -wasi.ERRNO_NOENT);
  assertEquals(guest.link("link", "new", { flags: 1 }), -wasi.ERRNO_INVAL);
  assertEquals(guest.link("f", "../new"), -wasi.ERRNO_PERM);
  assertEquals(guest.names("."), ["d", "f", "link", "taken"]);
});

testOnBoth("path_rename moves files and replaces files", (guest) => {
  guest.file("f", "f");
  guest.file("g", "g");
  guest.mkdir("d");
  const g = guest.open("g");
  assertEquals(guest.rename("f", "g"), 0);
  assertEquals([guest.contents("g"), guest.read(g)], ["f", "g"]);
  assertEquals(guest.rename("g", "d/g"), 0);
  const d = guest.openDirectory("d");
  assertEquals(guest.rename("g", "top", { from: d }), 0);
  assertEquals([guest.names("."), guest.names("d")], [["d", "top"], []]);
  assertEquals(guest.rename("top", "top"), 0);
  assertEquals(guest.contents("top"), "f");
});

testOnBoth("path_rename of one name of a file to another changes nothing", (guest) => {
  guest.file("f", "text");
  guest.link("f", "g");
  assertEquals(guest.rename("f", "g"), 0);
  assertEquals(guest.names("."), ["f", "g"]);
});

testOnBoth("path_rename moves directories, with or without slashes", (guest) => {
  guest.mkdir("a");
  guest.file("a/f", "text");
  assertEquals(guest.rename("a/", "b"), 0);
  assertEquals(guest.rename("b", "c/"), 0);
  assertEquals(guest.rename("c/", "d/"), 0);
  guest.mkdir("empty");
  assertEquals(guest.rename("d", "empty"), 0);
  assertEquals([guest.names("."), guest.contents("empty/f")], [["empty"], "text"]);
});

testOnBoth("path_rename refuses what cannot replace the other", (guest) => {
  guest.file("f");
  guest.mkdir("d");
  guest.mkdir("full");
  guest.file("full/x");
  assertEquals(guest.rename("f", "d"), -wasi.ERRNO_ISDIR);
  assertEquals(guest.rename("d", "f"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.rename("d", "full"), -wasi.ERRNO_NOTEMPTY);
  assertEquals(guest.rename("d", "d/in"), -wasi.ERRNO_INVAL);
  assertEquals(guest.rename("f", "g/"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.rename("f/", "g"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.rename("missing", "g"), -wasi.ERRNO_NOENT);
  assertEquals(guest.rename(".", "g"), -wasi.ERRNO_BUSY);
  assertEquals(guest.rename("f", "d/.."), -wasi.ERRNO_BUSY);
  assertEquals(guest.rename("f", "../f"), -wasi.ERRNO_PERM);
  assertEquals(guest.names("."), ["d", "f", "full"]);
});

Deno.test("a directory cannot be moved below itself by way of another descriptor", () => {
  const guest = new FileGuest([memoryMount()]);
  guest.mkdir("a");
  guest.mkdir("a/b");
  const b = guest.openDirectory("a/b");
  assertEquals(guest.rename("a", "x", { to: b }), -wasi.ERRNO_INVAL);
  guest.rename("a/b", "b");
  assertEquals(guest.rename("a", "x", { to: b }), 0);
  assertEquals(guest.names("b/x"), []);
});

Deno.test("nothing is linked or renamed from one file system to another", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([memoryMount(), folder.mount(), memoryMount()]);
  guest.file("f", "text");
  for (const to of [4, 5]) {
    assertEquals(guest.link("f", "g", { to }), -wasi.ERRNO_XDEV);
    assertEquals(guest.rename("f", "g", { to }), -wasi.ERRNO_XDEV);
  }
  guest.create("h", { at: 4 });
  assertEquals(guest.rename("h", "g", { from: 4 }), -wasi.ERRNO_XDEV);
  assertEquals(guest.names("."), ["f"]);
  guest.host.end();
});
