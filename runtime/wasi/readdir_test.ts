import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { type Entry, type FileGuest, ROOT, type Status, testOnBoth } from "./testing_files.ts";

/** All entries, read in pieces of `room` bytes. */
function readAll(guest: FileGuest, fd: number, room: number, between = () => {}): Entry[] {
  const all: Entry[] = [];
  for (let cookie = 0n;;) {
    const listing = guest.readdir(fd, cookie, room);
    if (typeof listing === "number") throw new Error(`fd_readdir: ${-listing}`);
    all.push(...listing.entries);
    if (listing.isEnd) return all;
    cookie = all[all.length - 1]!.next;
    between();
  }
}

testOnBoth("fd_readdir lists entries with their types and inodes, own names first", (guest) => {
  guest.file("f");
  guest.mkdir("d");
  guest.symlink("f", "link");
  const entries = readAll(guest, ROOT, 4096);
  assertEquals(entries.slice(0, 2).map(({ name }) => name), [".", ".."]);
  assertEquals(entries[0]!.ino, (guest.fdStatus(ROOT) as Status).ino);
  const rest = entries.slice(2).sort((a, b) => a.name < b.name ? -1 : 1);
  assertEquals(
    rest.map(({ name, filetype }) => [name, filetype]),
    [["d", 3], ["f", 4], ["link", 7]],
  );
  assertEquals(
    rest.map(({ ino }) => ino),
    rest.map(({ name }) => (guest.status(name) as Status).ino),
  );
});

testOnBoth("fd_readdir gives every entry once, however small the buffer", (guest) => {
  const names = Array.from({ length: 50 }, (_, i) => `file-${i}`);
  for (const name of names) guest.file(name);
  for (const room of [31, 64, 100, 1000]) {
    const listed = readAll(guest, ROOT, room).map(({ name }) => name);
    assertEquals(listed.sort(), [".", "..", ...names].sort());
  }
});

testOnBoth("cookies stay good while entries come and go", (guest) => {
  for (let i = 0; i < 50; i++) guest.file(`file-${i}`);
  let removed = 0;
  const entries = readAll(guest, ROOT, 200, () => {
    guest.unlink(`file-${removed++}`);
    guest.file(`new-${removed}`);
  });
  const listed = entries.map(({ name }) => name).filter((name) => name.startsWith("file-"));
  assertEquals(new Set(listed).size, 50);
  const again = readAll(guest, ROOT, 4096).map(({ name }) => name);
  assertEquals(again.filter((name) => name.startsWith("new-")).length, removed);
});

testOnBoth(
  "fd_readdir cuts the last entry off where the buffer ends, and writes no further",
  (guest) => {
    guest.file("f");
    guest.bytes.fill(0xa5);
    for (const room of [0, 1, 23, 24, 25, 40, 60]) {
      assertEquals(guest.call.fd_readdir!(ROOT, 1000, room, 0n, 2000), 0);
      assertEquals(guest.u32(2000), room);
      guest.assertWroteOnly(1000, room);
    }
    assertEquals(guest.call.fd_readdir!(ROOT, 1000, 100, 3n, 2000), 0);
    assertEquals(guest.u32(2000), 0);
    assertEquals(guest.call.fd_readdir!(ROOT, 1000, 100, -1n, 2000), 0);
    assertEquals(guest.u32(2000), 0);
  },
);

testOnBoth(
  "fd_readdir answers EBADF for what is no directory and EFAULT for bad pointers",
  (guest) => {
    const fd = guest.create("f");
    assertEquals(guest.call.fd_readdir!(fd, 1000, 100, 0n, 2000), wasi.ERRNO_BADF);
    assertEquals(guest.call.fd_readdir!(99, 1000, 100, 0n, 2000), wasi.ERRNO_BADF);
    assertEquals(guest.call.fd_readdir!(ROOT, 65530, 100, 0n, 2000), wasi.ERRNO_FAULT);
    assertEquals(guest.call.fd_readdir!(ROOT, 1000, -1, 0n, 2000), wasi.ERRNO_FAULT);
    assertEquals(guest.call.fd_readdir!(ROOT, 1000, 100, 0n, -4), wasi.ERRNO_FAULT);
  },
);
