import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import * as fs from "node:fs";
import { ALL, FileGuest, HostFolder, memoryMount, ROOT, type Status } from "../testing_files.ts";

/** Tries everything that could change something below descriptor 3; answers the error numbers. */
function tryChanges(guest: FileGuest): number[] {
  const { OFLAGS_CREAT, OFLAGS_TRUNC } = wasi;
  const fd = guest.open("d/f", { rights: BigInt(wasi.RIGHTS_FD_READ) });
  const directory = guest.openDirectory("d");
  return [
    guest.open("d/f"),
    guest.open("d/f", { rights: BigInt(wasi.RIGHTS_FD_WRITE) }),
    guest.open("d/f", { oflags: OFLAGS_TRUNC, rights: 0n }),
    guest.open("new", { oflags: OFLAGS_CREAT, rights: 0n }),
    guest.open("new", { oflags: OFLAGS_CREAT, rights: 0n, at: directory }),
    guest.mkdir("new"),
    guest.mkdir("new", directory),
    guest.rmdir("empty"),
    guest.unlink("d/f"),
    guest.unlink("f", directory),
    guest.symlink("f", "new"),
    guest.link("d/f", "new"),
    guest.rename("d/f", "new"),
    guest.setTimes("d/f", 1n, 1n, 5),
    -guest.call.fd_filestat_set_times!(ROOT, 1n, 1n, 5),
    -guest.call.fd_filestat_set_times!(directory, 1n, 1n, 5),
  ].concat(tryFileChanges(guest, fd));
}

/** The same for an open file, whose errors say that the right is missing. */
function tryFileChanges(guest: FileGuest, fd: number): number[] {
  const refused = [
    guest.write(fd, "x"),
    guest.write(fd, "x", 0n),
    -guest.call.fd_filestat_set_size!(fd, 0n),
    -guest.call.fd_allocate!(fd, 0n, 100n),
    -guest.call.fd_filestat_set_times!(fd, 1n, 1n, 5),
    -guest.call.fd_fdstat_set_rights!(fd, ALL, ALL),
  ];
  const { ERRNO_BADF, ERRNO_NOTCAPABLE } = wasi;
  const isRefusal = (errno: number) => errno === -ERRNO_BADF || errno === -ERRNO_NOTCAPABLE;
  return refused.every(isRefusal) ? [] : refused;
}

Deno.test("nothing can be changed in a read-only file system in memory", () => {
  const contents = { d: { f: new TextEncoder().encode("text") }, empty: {} };
  const guest = new FileGuest([memoryMount(contents, { isReadOnly: true })]);
  assertEquals(tryChanges(guest), new Array(16).fill(-wasi.ERRNO_ROFS));
  assertEquals(guest.contents("d/f"), "text");
  assertEquals([guest.names("."), guest.names("d")], [["d", "empty"], ["f"]]);
});

Deno.test("nothing can be changed in a read-only folder of the host", () => {
  using folder = new HostFolder();
  fs.mkdirSync(`${folder.inside}/d`);
  fs.mkdirSync(`${folder.inside}/empty`);
  fs.writeFileSync(`${folder.inside}/d/f`, "text");
  fs.symlinkSync("d/f", `${folder.inside}/link`);
  const before = fs.statSync(`${folder.inside}/d/f`).mtimeMs;
  const guest = new FileGuest([folder.mount({ isReadOnly: true })]);
  assertEquals(tryChanges(guest), new Array(16).fill(-wasi.ERRNO_ROFS));
  assertEquals(guest.contents("link", { follow: true }), "text");
  assertEquals(fs.statSync(`${folder.inside}/d/f`).mtimeMs, before);
  assertEquals(fs.readdirSync(folder.inside).sort(), ["d", "empty", "link"]);
  guest.host.end();
});

Deno.test("a read-only file system can be looked at in every way", () => {
  const contents = { d: { f: new TextEncoder().encode("text") }, link: "d/f" };
  const guest = new FileGuest([memoryMount(contents, { isReadOnly: true })]);
  const fd = guest.open("d/f", { rights: BigInt(wasi.RIGHTS_FD_READ), oflags: wasi.OFLAGS_CREAT });
  assertEquals([guest.read(fd, 2), guest.read(fd, 2, 1n), guest.seek(fd, 0n)], ["te", "ex", 0]);
  assertEquals((guest.fdStatus(fd) as Status).size, 4n);
  assertEquals([guest.call.fd_sync!(fd), guest.call.fd_datasync!(fd)], [0, 0]);
  assertEquals(guest.readlink("link"), "d/f");
  assertEquals(guest.names("."), ["d", "link"]);
  guest.call.fd_fdstat_get!(ROOT, 512);
  assertEquals(guest.u64(520) & BigInt(wasi.RIGHTS_PATH_UNLINK_FILE), 0n);
});

Deno.test("a file is not linked from or renamed out of a read-only file system", () => {
  const readOnly = memoryMount({ f: new Uint8Array(1) }, { isReadOnly: true });
  const guest = new FileGuest([readOnly, memoryMount()]);
  assertEquals(guest.link("f", "g", { to: 4 }), -wasi.ERRNO_ROFS);
  assertEquals(guest.rename("f", "g", { to: 4 }), -wasi.ERRNO_ROFS);
  guest.create("new", { at: 4 });
  assertEquals(guest.link("new", "new", { from: 4 }), -wasi.ERRNO_ROFS);
  assertEquals(guest.rename("new", "new", { from: 4 }), -wasi.ERRNO_ROFS);
});

Deno.test("each refusal is the directory's own, whatever rights a descriptor claims", () => {
  const { root } = memoryMount({ d: {}, f: new Uint8Array(1) }, { isReadOnly: true });
  const times = { atim: 1n, mtim: 1n };
  assertEquals([
    root.setTimes(times),
    root.setEntryTimes("f", times),
    root.createDirectory("new"),
    root.createSymlink("new", "f"),
    root.createLink("f", root, "new"),
    root.rename("f", root, "new"),
    root.removeDirectory("d"),
    root.unlink("f"),
  ], new Array(8).fill(wasi.ERRNO_ROFS));
  const options = { read: true, append: false, truncate: false, create: true, exclusive: false };
  assertEquals(root.openFile("f", { ...options, write: true }), wasi.ERRNO_ROFS);
  assertEquals(root.openFile("f", { ...options, write: false, truncate: true }), wasi.ERRNO_ROFS);
  assertEquals(root.openFile("new", { ...options, write: false }), wasi.ERRNO_NOENT);
  const file = root.openFile("f", { ...options, write: false });
  if (typeof file === "number") throw new Error("Cannot open the file");
  assertEquals(file.write(new Uint8Array(1), 0), -wasi.ERRNO_ROFS);
  assertEquals([file.setSize(0), file.setTimes(times)], [wasi.ERRNO_ROFS, wasi.ERRNO_ROFS]);
  assertEquals([file.setAppend(true), file.size()], [wasi.ERRNO_SUCCESS, 1]);
});
