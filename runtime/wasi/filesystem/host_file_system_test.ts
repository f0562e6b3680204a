import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { FileGuest, HostFolder, ROOT, type Status } from "../testing_files.ts";
import type { HostFiles } from "./host_files.ts";
import { nodeHostFiles } from "./node_host_files.ts";

/** How the host's files are reached: through open directories, or by their paths alone. */
const WAYS: [name: string, files: () => HostFiles][] = [
  ["anchored", nodeHostFiles],
  ["by path", () => ({
    ...nodeHostFiles(),
    isAnchored: false,
    anchor: () => undefined,
    reopen: () => -wasi.ERRNO_NOTSUP,
  })],
];

/** Registers a test for each way of reaching the host's files. */
function testEachWay(name: string, body: (folder: HostFolder, files: HostFiles) => void): void {
  for (const [way, files] of WAYS) {
    Deno.test(`${name} (${way})`, () => {
      using folder = new HostFolder();
      body(folder, files());
    });
  }
}

testEachWay("links that the host made do not lead out", (folder, files) => {
  fs.symlinkSync("../outside/secret", `${folder.inside}/relative`);
  fs.symlinkSync(`${folder.outside}/secret`, `${folder.inside}/absolute`);
  fs.symlinkSync("../outside", `${folder.inside}/directory`);
  fs.symlinkSync("/", `${folder.inside}/root`);
  const guest = new FileGuest([folder.mount({ files })]);
  for (const path of ["relative", "absolute", "directory/secret", "root/etc/passwd", "root"]) {
    assertEquals(guest.open(path, { follow: true }), -wasi.ERRNO_PERM, path);
    assertEquals(guest.status(path, { follow: true }), -wasi.ERRNO_PERM, path);
  }
  assertEquals(guest.mkdir("directory/new"), -wasi.ERRNO_PERM);
  assertEquals(guest.unlink("directory/secret"), -wasi.ERRNO_PERM);
  assertEquals(guest.rename("directory/secret", "stolen"), -wasi.ERRNO_PERM);
  assertEquals(guest.link("directory/secret", "stolen"), -wasi.ERRNO_PERM);
  assertEquals(guest.setTimes("relative", 1n, 1n, 5, true), -wasi.ERRNO_PERM);
  assertEquals(folder.outsideNow(), "secret=secret");
  guest.host.end();
});

testEachWay("renaming a link deeper does not make it lead out", (folder, files) => {
  const guest = new FileGuest([folder.mount({ files })]);
  guest.mkdir("a");
  guest.mkdir("a/b");
  guest.symlink("../../outside/secret", "a/b/link");
  assertEquals(guest.open("a/b/link", { follow: true }), -wasi.ERRNO_NOENT);
  guest.rename("a/b/link", "a/link");
  assertEquals(guest.open("a/link", { follow: true }), -wasi.ERRNO_PERM);
  guest.host.end();
});

testEachWay("moving an open directory up does not open a way out of it", (folder, files) => {
  const guest = new FileGuest([folder.mount({ files })]);
  guest.mkdir("a");
  guest.mkdir("a/b");
  const fd = guest.openDirectory("a/b");
  guest.rename("a/b", "b");
  assertEquals(guest.open("../a", { at: fd }), -wasi.ERRNO_PERM);
  guest.host.end();
});

testEachWay("pipes, sockets and devices are not opened", (folder, files) => {
  execFileSync("mkfifo", [`${folder.inside}/pipe`]);
  const guest = new FileGuest([folder.mount({ files })]);
  assertEquals(guest.open("pipe"), -wasi.ERRNO_ACCES);
  assertEquals(guest.open("pipe", { rights: BigInt(wasi.RIGHTS_FD_READ) }), -wasi.ERRNO_ACCES);
  assertEquals((guest.status("pipe") as Status).filetype, wasi.FILETYPE_UNKNOWN);
  guest.host.end();
});

Deno.test("a file that becomes a link just before it is opened is not followed", () => {
  for (const [way, makeFiles] of WAYS) {
    using folder = new HostFolder();
    const files = makeFiles();
    fs.writeFileSync(`${folder.inside}/f`, "inside");
    const swapping: HostFiles = {
      ...files,
      openFile: (path, flags) => {
        fs.rmSync(`${folder.inside}/f`, { force: true });
        fs.symlinkSync("../outside/secret", `${folder.inside}/f`);
        return files.openFile(path, flags);
      },
    };
    const guest = new FileGuest([folder.mount({ files: swapping })]);
    const fd = guest.open("f", { oflags: wasi.OFLAGS_TRUNC });
    assertEquals(fd, -wasi.ERRNO_LOOP, way);
    assertEquals(folder.outsideNow(), "secret=secret");
    guest.host.end();
  }
});

Deno.test("without O_NOFOLLOW a file that becomes a link is still found out, and not cut off", () => {
  using folder = new HostFolder();
  const files = nodeHostFiles();
  fs.writeFileSync(`${folder.inside}/f`, "inside");
  const following: HostFiles = {
    ...files,
    isAnchored: false,
    anchor: () => undefined,
    openFile: (_path, { write }) => fs.openSync(`${folder.outside}/secret`, write ? "r+" : "r"),
  };
  const guest = new FileGuest([folder.mount({ files: following })]);
  assertEquals(guest.open("f", { oflags: wasi.OFLAGS_TRUNC }), -wasi.ERRNO_AGAIN);
  assertEquals(folder.outsideNow(), "secret=secret");
  guest.host.end();
});

Deno.test("a directory that becomes a link while a path is walked does not lead out", () => {
  using folder = new HostFolder();
  const files = nodeHostFiles();
  const swap = () => {
    if (!fs.existsSync(`${folder.inside}/d`)) return;
    fs.renameSync(`${folder.inside}/d`, `${folder.inside}/moved`);
    fs.symlinkSync("../outside", `${folder.inside}/d`);
  };
  const attempt = (files: HostFiles) => {
    fs.rmSync(folder.inside, { recursive: true });
    fs.mkdirSync(`${folder.inside}/d`, { recursive: true });
    const guest = new FileGuest([folder.mount({ files })]);
    const results = [guest.create("d/new"), guest.contents("d/secret"), guest.unlink("d/secret")];
    guest.host.end();
    return results;
  };
  const before: HostFiles = {
    ...files,
    openDirectory: (path, follow) => {
      if (path.endsWith("/d")) swap();
      return files.openDirectory(path, follow);
    },
  };
  attempt(before).forEach((result) => assertEquals(Number(result) < 0, true));
  const after: HostFiles = {
    ...files,
    openDirectory: (path, follow) => {
      const fd = files.openDirectory(path, follow);
      if (path.endsWith("/d")) swap();
      return fd;
    },
  };
  attempt(after);
  assertEquals(folder.outsideNow(), "secret=secret");
});

Deno.test("by path, a directory that was replaced is no longer used", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount({ files: WAYS[1]![1]() })]);
  guest.mkdir("d");
  const fd = guest.openDirectory("d");
  fs.rmdirSync(`${folder.inside}/d`);
  fs.symlinkSync("../outside", `${folder.inside}/d`);
  assertEquals(guest.contents("secret", { at: fd }), -wasi.ERRNO_NOENT);
  assertEquals(guest.create("new", { at: fd }), -wasi.ERRNO_NOENT);
  assertEquals(folder.outsideNow(), "secret=secret");
  guest.host.end();
});

testEachWay("a reader finds a file that is replaced by renaming all the time", (folder, files) => {
  fs.writeFileSync(`${folder.inside}/f`, "0");
  let replaced = 0;
  const replacing: HostFiles = {
    ...files,
    openFile: (path, flags) => {
      if (replaced++ % 2 === 0) {
        fs.writeFileSync(`${folder.inside}/next`, "1");
        fs.renameSync(`${folder.inside}/next`, `${folder.inside}/f`);
      }
      return files.openFile(path, flags);
    },
  };
  const guest = new FileGuest([folder.mount({ files: replacing })]);
  assertEquals(guest.contents("f"), "1");
  guest.host.end();
});

testEachWay(
  "a file that someone else makes first is opened, unless it must be new",
  (folder, files) => {
    const racing: HostFiles = {
      ...files,
      openFile: (path, flags) => {
        fs.writeFileSync(`${folder.inside}/f`, "theirs");
        return files.openFile(path, flags);
      },
    };
    const guest = new FileGuest([folder.mount({ files: racing })]);
    const exclusive = wasi.OFLAGS_CREAT | wasi.OFLAGS_EXCL;
    assertEquals(guest.open("f", { oflags: exclusive }), -wasi.ERRNO_EXIST);
    fs.rmSync(`${folder.inside}/f`);
    assertEquals(guest.read(guest.create("f")), "theirs");
    guest.host.end();
  },
);

Deno.test("over the quota of bytes is ENOSPC, in every run anew", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount({ maxBytes: 10 })]);
  for (let run = 0; run < 2; run++) {
    guest.begin();
    const fd = guest.create(`f${run}`);
    assertEquals([guest.write(fd, "12345678"), guest.write(fd, "abcd")], [8, 2]);
    assertEquals([guest.write(fd, "x"), guest.write(fd, "x", 0n)], [
      -wasi.ERRNO_NOSPC,
      -wasi.ERRNO_NOSPC,
    ]);
    assertEquals(guest.call.fd_filestat_set_size!(fd, 11n), wasi.ERRNO_NOSPC);
    assertEquals(guest.size(`f${run}`), 10);
  }
  guest.host.end();
});

Deno.test("making a file longer counts, and gaps on the host's disk do not", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount({ maxBytes: 100 })]);
  const fd = guest.create("f");
  assertEquals(guest.call.fd_filestat_set_size!(fd, 60n), 0);
  assertEquals(guest.call.fd_allocate!(fd, 0n, 101n), wasi.ERRNO_NOSPC);
  assertEquals(guest.write(fd, "x".repeat(50), 1000n), 40);
  guest.host.end();
});

Deno.test("over the quota of entries is ENOSPC, and what fails does not count", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount({ maxEntries: 2 })]);
  guest.file("f");
  assertEquals([guest.mkdir("f"), guest.mkdir("d"), guest.mkdir("e")], [
    -wasi.ERRNO_EXIST,
    0,
    -wasi.ERRNO_NOSPC,
  ]);
  assertEquals([guest.create("x"), guest.symlink("f", "x"), guest.link("f", "x")], [
    -wasi.ERRNO_NOSPC,
    -wasi.ERRNO_NOSPC,
    -wasi.ERRNO_NOSPC,
  ]);
  assertEquals(guest.names("."), ["d", "f"]);
  guest.host.end();
});

Deno.test("a folder that is not there is ENOENT, and works once it is", () => {
  using folder = new HostFolder();
  fs.rmdirSync(folder.inside);
  const guest = new FileGuest([folder.mount()]);
  assertEquals([guest.create("f"), guest.mkdir("d")], [-wasi.ERRNO_NOENT, -wasi.ERRNO_NOENT]);
  assertEquals(guest.fdStatus(ROOT), -wasi.ERRNO_NOENT);
  assertEquals(guest.setTimes(".", 1n, 1n, 5), -wasi.ERRNO_NOENT);
  fs.mkdirSync(folder.inside);
  assertEquals(guest.create("f"), 4);
  guest.host.end();
});

Deno.test("all descriptors of the host are closed after a run", () => {
  using folder = new HostFolder();
  const files = nodeHostFiles();
  const open = new Set<number>();
  const track = (fd: number) => {
    if (fd >= 0) open.add(fd);
    return fd;
  };
  const counting: HostFiles = {
    ...files,
    openDirectory: (path, follow) => track(files.openDirectory(path, follow)),
    openFile: (path, flags) => track(files.openFile(path, flags)),
    reopen: (fd, flags) => track(files.reopen(fd, flags)),
    close: (fd) => {
      open.delete(fd);
      files.close(fd);
    },
  };
  const guest = new FileGuest([folder.mount({ files: counting })]);
  guest.mkdir("d");
  guest.mkdir("d/e");
  guest.file("d/e/f");
  guest.symlink("d/e/../../loop/x", "loop");
  guest.open("loop", { follow: true });
  guest.open("d/e/f/x");
  guest.open("d/e/../../..");
  guest.openDirectory("d/.");
  guest.call.fd_fdstat_set_flags!(guest.open("d/e/f"), wasi.FDFLAGS_APPEND);
  guest.rename("d/e/f", "d/g");
  assertEquals(open.size, 3, "the root, d and f");
  guest.host.end();
  assertEquals(open.size, 0);
});

Deno.test("where it may not block, a run that uses a folder of the host is promoted", () => {
  using folder = new HostFolder();
  const uses: ((guest: FileGuest) => unknown)[] = [
    (guest) => guest.create("f"),
    (guest) => guest.mkdir("d"),
    (guest) => guest.readdir(ROOT),
    (guest) => guest.rename("a", "b"),
    (guest) => guest.fdStatus(ROOT),
    (guest) => guest.call.fd_filestat_set_times!(ROOT, 0n, 0n, 5),
  ];
  for (const use of uses) {
    const guest = new FileGuest([folder.mount()], { sleeper: undefined });
    assertEquals(guest.call.fd_prestat_get!(ROOT, 512), 0);
    assertEquals(guest.stops(() => use(guest)), true);
    assertEquals(guest.host.stopped, { kind: "promote" });
    guest.host.end();
  }
  assertEquals(fs.readdirSync(folder.inside), []);
});

Deno.test("where linking follows a link, the file it led to is not kept", () => {
  using folder = new HostFolder();
  const files = nodeHostFiles();
  const following: HostFiles = {
    ...files,
    link: (_path, newPath) => files.link(`${folder.outside}/secret`, newPath),
  };
  const guest = new FileGuest([folder.mount({ files: following })]);
  guest.symlink("../outside/secret", "link");
  assertEquals(guest.link("link", "stolen"), -wasi.ERRNO_PERM);
  assertEquals(guest.names("."), ["link"]);
  guest.host.end();
});

Deno.test("a file is opened for no more than its descriptor may do", () => {
  using folder = new HostFolder();
  fs.writeFileSync(`${folder.inside}/f`, "text");
  const files = nodeHostFiles();
  const asked: string[] = [];
  const noting: HostFiles = {
    ...files,
    openFile: (path, flags) => {
      asked.push(`${flags.read ? "r" : ""}${flags.write ? "w" : ""}`);
      return files.openFile(path, flags);
    },
  };
  const guest = new FileGuest([folder.mount({ files: noting })]);
  guest.open("f");
  guest.open("f", { rights: BigInt(wasi.RIGHTS_FD_READ) });
  guest.call.fd_fdstat_get!(ROOT, 512);
  const inheriting = guest.u64(528) & ~BigInt(wasi.RIGHTS_FD_WRITE);
  guest.call.fd_fdstat_set_rights!(ROOT, guest.u64(520), inheriting);
  guest.open("f");
  assertEquals(asked, ["rw", "r", "r"]);
  guest.host.end();
});

Deno.test("appending that cannot be switched off is ENOTSUP, and goes on", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount({ files: WAYS[1]![1]() })]);
  const fd = guest.create("f", { fdflags: wasi.FDFLAGS_APPEND });
  guest.write(fd, "one");
  guest.unlink("f");
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, 0), wasi.ERRNO_NOTSUP);
  guest.seek(fd, 0n);
  guest.write(fd, "two");
  assertEquals(guest.read(fd, 10, 0n), "onetwo");
  guest.host.end();
});

Deno.test("by path, appending to a file that is gone is still appending", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount({ files: WAYS[1]![1]() })]);
  const fd = guest.create("f");
  guest.write(fd, "one");
  guest.unlink("f");
  guest.file("f", "another");
  assertEquals(guest.call.fd_fdstat_set_flags!(fd, wasi.FDFLAGS_APPEND), 0);
  guest.seek(fd, 0n);
  guest.write(fd, "two");
  assertEquals([guest.read(fd, 10, 0n), guest.contents("f")], ["onetwo", "another"]);
  guest.host.end();
});

Deno.test("what the host did not write does not count", () => {
  using folder = new HostFolder();
  const files = nodeHostFiles();
  let isFull = true;
  const failing: HostFiles = {
    ...files,
    write: (fd, source, offset) => {
      return isFull ? -wasi.ERRNO_IO : files.write(fd, source.subarray(0, 1), offset);
    },
  };
  const guest = new FileGuest([folder.mount({ files: failing, maxBytes: 4 })]);
  const fd = guest.create("f");
  for (let i = 0; i < 5; i++) assertEquals(guest.write(fd, "abcd"), -wasi.ERRNO_IO);
  isFull = false;
  assertEquals([guest.write(fd, "abcd"), guest.write(fd, "bcd")], [1, 1]);
  guest.host.end();
});

Deno.test("by path, a folder is read-only unless that is waived", () => {
  using folder = new HostFolder();
  fs.writeFileSync(`${folder.inside}/f`, "text");
  const mount = folder.mount({ files: WAYS[1]![1](), allowUnanchored: false });
  const guest = new FileGuest([mount]);
  assertEquals([mount.isReadOnly, guest.contents("f")], [true, "text"]);
  assertEquals([guest.create("new"), guest.unlink("f")], [-wasi.ERRNO_ROFS, -wasi.ERRNO_ROFS]);
  assertEquals(folder.mount({ files: WAYS[1]![1]() }).isReadOnly, false);
  guest.host.end();
});

Deno.test("by path, a file is not kept if its directory was replaced while it was opened", () => {
  using folder = new HostFolder();
  fs.mkdirSync(`${folder.inside}/d`);
  fs.writeFileSync(`${folder.inside}/d/secret`, "inside");
  const files = WAYS[1]![1]();
  let looks = 0;
  const swapping: HostFiles = {
    ...files,
    lstat: (path) => {
      // The second look at the file is the last before it is opened.
      if (path.endsWith("/d/secret") && ++looks === 2) {
        fs.renameSync(`${folder.inside}/d`, `${folder.inside}/moved`);
        fs.symlinkSync("../outside", `${folder.inside}/d`);
      }
      return files.lstat(path);
    },
  };
  const guest = new FileGuest([folder.mount({ files: swapping })]);
  assertEquals(guest.contents("d/secret"), -wasi.ERRNO_NOENT);
  assertEquals(looks, 2);
  guest.host.end();
});
