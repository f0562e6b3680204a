import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { FileGuest, memoryMount, ROOT, testOnBoth } from "./testing_files.ts";

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
