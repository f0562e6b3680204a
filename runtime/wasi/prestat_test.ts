import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { FileGuest, HostFolder, memoryMount, ROOT } from "./testing_files.ts";

Deno.test("mounts are found one after another from 3 on, then EBADF", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([memoryMount(), folder.mount()]);
  guest.bytes.fill(0xa5);
  assertEquals(guest.call.fd_prestat_get!(3, 1000), 0);
  assertEquals([guest.u32(1000), guest.u32(1004)], [wasi.PREOPENTYPE_DIR, 1]);
  guest.assertWroteOnly(1000, 8);
  assertEquals(guest.call.fd_prestat_dir_name!(3, 1100, 100), 0);
  assertEquals(guest.text(1100, 1), "/");
  guest.assertWroteOnly(1100, 1);
  assertEquals(guest.call.fd_prestat_get!(4, 1000), 0);
  assertEquals(guest.call.fd_prestat_get!(5, 1000), wasi.ERRNO_BADF);
  guest.host.end();
});

Deno.test("a descriptor that is no mount has no name", () => {
  const guest = new FileGuest([memoryMount()]);
  assertEquals(guest.create("f"), 4);
  assertEquals(guest.openDirectory("."), 5);
  for (const fd of [0, 4, 5]) {
    assertEquals(guest.call.fd_prestat_get!(fd, 1000), wasi.ERRNO_BADF);
    assertEquals(guest.call.fd_prestat_dir_name!(fd, 1000, 10), wasi.ERRNO_NOTDIR);
  }
  assertEquals(guest.call.fd_prestat_dir_name!(6, 1000, 10), wasi.ERRNO_BADF);
  assertEquals(guest.call.fd_prestat_dir_name!(3, 1000, 0), wasi.ERRNO_NAMETOOLONG);
  assertEquals(guest.call.fd_prestat_dir_name!(3, 65536, 10), wasi.ERRNO_FAULT);
  assertEquals(guest.call.fd_prestat_get!(3, 65530), wasi.ERRNO_FAULT);
});

Deno.test("a mount that is closed or replaced is there again in the next run", () => {
  const guest = new FileGuest([memoryMount({ f: new Uint8Array(1) })]);
  const fd = guest.openDirectory(".");
  guest.call.fd_renumber!(fd, ROOT);
  assertEquals(guest.call.fd_prestat_get!(ROOT, 1000), wasi.ERRNO_BADF);
  assertEquals(guest.names("."), ["f"]);
  guest.close(ROOT);
  assertEquals(guest.open("f"), -wasi.ERRNO_BADF);
  guest.begin();
  assertEquals(guest.names("."), ["f"]);
});
