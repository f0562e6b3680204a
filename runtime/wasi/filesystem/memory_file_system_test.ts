import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { FileGuest, memoryMount, ROOT, type Status } from "../testing_files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("every run finds the contents as they were given", () => {
  const given = { d: { f: bytes("text"), "to-f": "f" }, g: bytes("g") };
  const mount = memoryMount(given);
  const guest = new FileGuest([mount]);
  const look = () => [
    guest.names("."),
    guest.names("d"),
    guest.contents("d/to-f", { follow: true }),
    guest.status("d/f"),
    guest.status("."),
  ];
  const before = look();
  guest.begin();
  const fd = guest.open("d/f");
  guest.write(fd, "TEXT and more");
  guest.rename("g", "d/g");
  guest.file("new");
  guest.setTimes("d", 1n, 1n, 5);
  guest.unlink("d/to-f");
  guest.begin();
  assertEquals(look(), before);
  assertEquals(given.d.f, bytes("text"));
});

Deno.test("inode numbers do not tell what an earlier run looked at or made", () => {
  const guest = new FileGuest([memoryMount({ a: { x: bytes("x") }, b: { y: bytes("y") } })]);
  const inodes = (paths: string[]) => paths.map((path) => (guest.status(path) as Status).ino);
  const first = inodes(["b/y", "a/x", "."]);
  guest.file("new");
  const made = inodes(["new"]);
  guest.begin();
  assertEquals(inodes([".", "a/x", "b/y"]), first.reverse());
  guest.file("other");
  assertEquals(inodes(["other"]), made);
});

Deno.test("over the quota of bytes is ENOSPC, after writing what there is room for", () => {
  const guest = new FileGuest([memoryMount({}, { maxBytes: 10 })]);
  const fd = guest.create("f");
  assertEquals([guest.write(fd, "12345678"), guest.write(fd, "abcd")], [8, 2]);
  assertEquals(guest.write(fd, "x"), -wasi.ERRNO_NOSPC);
  assertEquals(guest.write(fd, "XY", 0n), 2);
  assertEquals(guest.contents("f"), "XY345678ab");
  assertEquals(guest.call.fd_filestat_set_size!(fd, 11n), wasi.ERRNO_NOSPC);
  assertEquals(guest.call.fd_allocate!(fd, 0n, 11n), wasi.ERRNO_NOSPC);
  assertEquals(guest.size("f"), 10);
});

Deno.test("a gap costs what it is long: nothing is taken from the host for it", () => {
  const guest = new FileGuest([memoryMount({}, { maxBytes: 1000 })]);
  const fd = guest.create("f");
  assertEquals(guest.write(fd, "x", 2n ** 30n), -wasi.ERRNO_NOSPC);
  assertEquals(guest.call.fd_filestat_set_size!(fd, 2n ** 40n), wasi.ERRNO_NOSPC);
  assertEquals(guest.size("f"), 0);
  assertEquals(guest.write(fd, "x", 999n), 1);
});

Deno.test("cutting off, removing and closing give bytes back", () => {
  const guest = new FileGuest([memoryMount({}, { maxBytes: 10 })]);
  guest.file("f", "1234567890");
  assertEquals(guest.write(guest.create("g"), "x"), -wasi.ERRNO_NOSPC);
  const fd = guest.open("f");
  guest.call.fd_filestat_set_size!(fd, 4n);
  assertEquals(guest.write(guest.open("g"), "123456"), 6);
  guest.link("f", "second");
  guest.unlink("f");
  guest.unlink("second");
  assertEquals(guest.write(guest.create("h"), "x"), -wasi.ERRNO_NOSPC, "still open");
  guest.close(fd);
  assertEquals(guest.write(guest.open("h"), "1234"), 4);
});

Deno.test("writing to a file of the contents costs all of it, or fails and leaves it whole", () => {
  const guest = new FileGuest([memoryMount({ f: bytes("0123456789") }, { maxBytes: 9 })]);
  const fd = guest.open("f");
  assertEquals(guest.write(fd, "x"), -wasi.ERRNO_NOSPC);
  assertEquals(guest.contents("f"), "0123456789");
  guest.file("g", "123456789");
  guest.unlink("g");
  assertEquals(guest.contents("f", { oflags: wasi.OFLAGS_TRUNC }), "");
  assertEquals(guest.write(fd, "new"), 3);
  assertEquals(guest.contents("f"), "new");
});

Deno.test("over the quota of entries is ENOSPC, for files, directories and links", () => {
  const guest = new FileGuest([memoryMount({}, { maxEntries: 3 })]);
  guest.file("f");
  guest.mkdir("d");
  guest.symlink("f", "link");
  assertEquals([guest.create("x"), guest.mkdir("x"), guest.symlink("f", "x")], [
    -wasi.ERRNO_NOSPC,
    -wasi.ERRNO_NOSPC,
    -wasi.ERRNO_NOSPC,
  ]);
  assertEquals(guest.names("."), ["d", "f", "link"]);
  assertEquals([guest.unlink("link"), guest.mkdir("d/e")], [0, 0]);
  assertEquals([guest.rmdir("d/e"), guest.unlink("f"), guest.symlink("f", "x")], [0, 0, 0]);
  guest.begin();
  assertEquals([guest.mkdir("1"), guest.mkdir("2"), guest.mkdir("3"), guest.mkdir("4")], [
    0,
    0,
    0,
    -wasi.ERRNO_NOSPC,
  ]);
});

Deno.test("2 MB in appends of 100 bytes are written without copying the file each time", () => {
  const guest = new FileGuest([memoryMount()]);
  const fd = guest.create("f", { fdflags: wasi.FDFLAGS_APPEND });
  const line = "x".repeat(100);
  const startMs = performance.now();
  for (let i = 0; i < 20_000; i++) guest.write(fd, line);
  assertEquals(guest.size("f"), 2_000_000);
  assertEquals(performance.now() - startMs < 2000, true);
});

Deno.test("names from the contents can be anything but a path", () => {
  const guest = new FileGuest([memoryMount({ constructor: bytes("c"), "ü b": bytes("u") })]);
  assertEquals(guest.contents("constructor"), "c");
  assertEquals(guest.contents("ü b"), "u");
  assertEquals(guest.open("toString"), -wasi.ERRNO_NOENT);
  assertEquals(guest.mkdir("__proto__"), 0);
  assertEquals(guest.names("."), ["__proto__", "constructor", "ü b"]);
  assertEquals(guest.call.fd_sync!(ROOT), wasi.ERRNO_BADF);
});
