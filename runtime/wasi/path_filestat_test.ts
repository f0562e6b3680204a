import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals, assertNotEquals } from "@std/assert";
import { type FileGuest, type Status, testOnBoth } from "./testing_files.ts";

const DAY_NS = 86_400_000_000_000n;
/** 2001-09-09 and some nanoseconds, which a double of seconds cannot hold. */
const TIME_NS = 1_000_000_000_123_456_789n;

function status(guest: FileGuest, path: string, follow = false): Status {
  const result = guest.status(path, { follow });
  if (typeof result === "number") throw new Error(`Cannot stat ${path}: ${-result}`);
  return result;
}

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
