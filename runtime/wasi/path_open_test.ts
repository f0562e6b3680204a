import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { FileGuest, memoryMount, ROOT, testOnBoth } from "./testing_files.ts";

const { OFLAGS_CREAT, OFLAGS_DIRECTORY, OFLAGS_EXCL, OFLAGS_TRUNC } = wasi;
const READ = BigInt(wasi.RIGHTS_FD_READ);

testOnBoth("path_open gives the lowest free descriptor", (guest) => {
  assertEquals([guest.create("a"), guest.create("b"), guest.create("c")], [4, 5, 6]);
  guest.close(5);
  assertEquals([guest.open("a"), guest.open("a")], [5, 7]);
  guest.close(0);
  assertEquals(guest.open("a"), 0);
});

testOnBoth("path_open makes, finds, refuses and cuts off files as its flags say", (guest) => {
  assertEquals(guest.open("f"), -wasi.ERRNO_NOENT);
  guest.file("f", "text");
  assertEquals(guest.open("f", { oflags: OFLAGS_CREAT | OFLAGS_EXCL }), -wasi.ERRNO_EXIST);
  assertEquals(guest.open("f", { oflags: OFLAGS_DIRECTORY }), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.open("f", { oflags: OFLAGS_DIRECTORY | OFLAGS_CREAT }), -wasi.ERRNO_INVAL);
  assertEquals(guest.contents("f"), "text");
  assertEquals(guest.contents("f", { oflags: OFLAGS_TRUNC }), "");
  assertEquals(guest.size("f"), 0);
});

testOnBoth("path_open opens directories only for reading", (guest) => {
  guest.mkdir("d");
  assertEquals(guest.open("d"), -wasi.ERRNO_ISDIR);
  assertEquals(guest.open("d", { oflags: OFLAGS_CREAT, rights: READ }), -wasi.ERRNO_ISDIR);
  assertEquals(guest.open("d", { oflags: OFLAGS_TRUNC, rights: READ }), -wasi.ERRNO_ISDIR);
  const fd = guest.open("d", { rights: READ });
  guest.file("d/f", "in d");
  assertEquals(guest.contents("f", { at: fd }), "in d");
  assertEquals(guest.openDirectory(".", { at: fd }), fd + 1);
  assertEquals(guest.contents("f", { at: fd + 1 }), "in d");
});

testOnBoth("path_open wants a directory where the path ends in a slash", (guest) => {
  guest.file("f");
  guest.mkdir("d");
  assertEquals(guest.open("f/"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.open("f///"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.create("new/"), -wasi.ERRNO_ISDIR);
  assertEquals(guest.openDirectory("d//"), 4);
});

testOnBoth("path_open stays below its directory", (guest) => {
  guest.mkdir("d");
  guest.mkdir("d/e");
  guest.file("f", "text");
  assertEquals(guest.contents("d/.//e/../../d/../f"), "text");
  for (const path of ["..", "../f", "d/../../inside/f", "/f", "/", "d/e/../../../f"]) {
    assertEquals(guest.open(path), -wasi.ERRNO_PERM, path);
  }
  const fd = guest.openDirectory("d");
  assertEquals(guest.open("../f", { at: fd }), -wasi.ERRNO_PERM);
});

testOnBoth("path_open refuses paths that are none", (guest) => {
  assertEquals(guest.open(""), -wasi.ERRNO_NOENT);
  assertEquals(guest.open("a\0b"), -wasi.ERRNO_INVAL);
  assertEquals(guest.create("n".repeat(256)), -wasi.ERRNO_NAMETOOLONG);
  assertEquals(guest.open("./".repeat(2049)), -wasi.ERRNO_NAMETOOLONG);
  guest.bytes.set([0x66, 0xff], 256);
  assertEquals(guest.call.path_open!(ROOT, 0, 256, 2, 0, 0n, 0n, 0, 512), wasi.ERRNO_ILSEQ);
  guest.file("f");
  assertEquals(guest.open("f/g"), -wasi.ERRNO_NOTDIR);
  assertEquals(guest.open("missing/g"), -wasi.ERRNO_NOENT);
});

testOnBoth(
  "path_open refuses flags that do not exist, and bad descriptors and pointers",
  (guest) => {
    assertEquals(guest.create("f", { oflags: 16 }), -wasi.ERRNO_INVAL);
    assertEquals(guest.create("f", { fdflags: 32 }), -wasi.ERRNO_INVAL);
    const call = guest.call.path_open!;
    const length = guest.put(256, "f");
    assertEquals(call(ROOT, 2, 256, length, OFLAGS_CREAT, 0n, 0n, 0, 512), wasi.ERRNO_INVAL);
    assertEquals(call(99, 0, 256, length, OFLAGS_CREAT, 0n, 0n, 0, 512), wasi.ERRNO_BADF);
    assertEquals(call(1, 0, 256, length, OFLAGS_CREAT, 0n, 0n, 0, 512), wasi.ERRNO_BADF);
    assertEquals(call(ROOT, 0, 65536, 1, OFLAGS_CREAT, 0n, 0n, 0, 512), wasi.ERRNO_FAULT);
    assertEquals(call(ROOT, 0, 256, -1, OFLAGS_CREAT, 0n, 0n, 0, 512), wasi.ERRNO_FAULT);
    assertEquals(call(ROOT, 0, 256, length, OFLAGS_CREAT, 0n, 0n, 0, 65533), wasi.ERRNO_FAULT);
    assertEquals(guest.size("f"), -wasi.ERRNO_NOENT);
    const fd = guest.create("f");
    assertEquals(guest.open("g", { at: fd }), -wasi.ERRNO_NOTDIR);
  },
);

testOnBoth(
  "symbolic links are followed where asked for and where they stand in the way",
  (guest) => {
    guest.mkdir("d");
    guest.file("d/f", "text");
    guest.symlink("d/f", "to-file");
    guest.symlink("d", "to-dir");
    guest.symlink("../to-file", "d/up");
    assertEquals(guest.open("to-file"), -wasi.ERRNO_LOOP);
    assertEquals(guest.contents("to-file", { follow: true }), "text");
    assertEquals(guest.contents("to-dir/f"), "text");
    assertEquals(guest.contents("to-dir/up", { follow: true }), "text");
    assertEquals(guest.openDirectory("to-dir"), -wasi.ERRNO_NOTDIR);
    assertEquals(guest.openDirectory("to-dir/") > 0, true);
    assertEquals(guest.openDirectory("to-dir", { follow: true }) > 0, true);
  },
);

testOnBoth("symbolic links never lead out, and loops end", (guest) => {
  guest.mkdir("d");
  guest.symlink("..", "up");
  guest.symlink("../outside/secret", "secret");
  guest.symlink("../../outside", "d/out");
  guest.symlink("loop", "loop");
  guest.symlink("b/x", "a");
  guest.symlink("a", "b");
  for (const path of ["up/outside/secret", "secret", "d/out/secret", "up"]) {
    assertEquals(guest.open(path, { follow: true }), -wasi.ERRNO_PERM, path);
  }
  for (const path of ["loop", "loop/x", "a", "b"]) {
    assertEquals(guest.open(path, { follow: true }), -wasi.ERRNO_LOOP, path);
  }
});

testOnBoth("a file is made where a dangling link points, but not exclusively", (guest) => {
  guest.symlink("made", "link");
  const exclusive = OFLAGS_CREAT | OFLAGS_EXCL;
  assertEquals(guest.open("link", { oflags: exclusive, follow: true }), -wasi.ERRNO_EXIST);
  assertEquals(guest.create("link"), -wasi.ERRNO_LOOP);
  assertEquals(guest.create("link", { follow: true }), 4);
  assertEquals(guest.names("."), ["link", "made"]);
});

testOnBoth("an opened file has the reading and writing that was asked for", (guest) => {
  guest.file("f", "text");
  const reader = guest.open("f", { rights: READ });
  const writer = guest.open("f", { rights: BigInt(wasi.RIGHTS_FD_WRITE) });
  assertEquals([guest.read(reader), guest.write(reader, "x")], ["text", -wasi.ERRNO_BADF]);
  assertEquals([guest.read(writer), guest.write(writer, "x")], [-wasi.ERRNO_BADF, 1]);
  guest.call.fd_fdstat_get!(reader, 512);
  assertEquals(Number(guest.u64(520)) & (wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_WRITE), 2);
});

testOnBoth("what is opened inherits no right its directory has given up", (guest) => {
  guest.file("f", "text");
  guest.mkdir("d");
  guest.call.fd_fdstat_get!(ROOT, 512);
  const [base, inheriting] = [guest.u64(520), guest.u64(528)];
  const given = BigInt(wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_PATH_UNLINK_FILE);
  assertEquals(guest.call.fd_fdstat_set_rights!(ROOT, base, inheriting & ~given), 0);
  const fd = guest.open("f");
  assertEquals([guest.read(fd), guest.write(fd, "x")], ["text", -wasi.ERRNO_BADF]);
  const directory = guest.openDirectory("d");
  assertEquals(guest.unlink("x", directory), -wasi.ERRNO_NOTCAPABLE);
  assertEquals(guest.call.fd_fdstat_set_rights!(ROOT, base, inheriting), wasi.ERRNO_NOTCAPABLE);
  assertEquals(guest.unlink("f"), 0);
});

Deno.test("over the quota of descriptors is ENFILE, and makes no file", () => {
  const guest = new FileGuest([memoryMount()], { maxDescriptors: 6 });
  assertEquals([guest.create("a"), guest.create("b")], [4, 5]);
  assertEquals(guest.create("c"), -wasi.ERRNO_NFILE);
  assertEquals(guest.size("c"), -wasi.ERRNO_NOENT);
  guest.close(4);
  assertEquals(guest.create("c"), 4);
});
