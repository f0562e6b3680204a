import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import * as fs from "node:fs";
import { FileGuest, HostFolder } from "../testing_files.ts";
import type { HostFiles } from "./host_files.ts";
import { nodeHostFiles } from "./node_host_files.ts";
import { trackFiles } from "./tracked_files.ts";

/** Host files that open nothing, but count. */
function countingFiles(): { files: HostFiles; closed: number[] } {
  const closed: number[] = [];
  let next = 10;
  const open = () => next++;
  const files = {
    ...nodeHostFiles(),
    openDirectory: open,
    openFile: open,
    reopen: open,
    close: (fd: number) => void closed.push(fd),
  };
  return { files, closed };
}

const FLAGS = { read: true, write: false, append: false, create: false };

Deno.test("no more are open at a time than allowed, however they were opened", () => {
  const { files, closed } = countingFiles();
  const tracked = trackFiles(files, 3);
  const opened = [tracked.openDirectory("a", false), tracked.openFile("b", FLAGS)];
  assertEquals([...opened, tracked.reopen(11, FLAGS)], [10, 11, 12]);
  assertEquals(tracked.openFile("c", FLAGS), -wasi.ERRNO_NFILE);
  tracked.close(11);
  assertEquals([tracked.openFile("c", FLAGS), closed], [13, [11]]);
});

Deno.test("all that is left open is closed, once", () => {
  const { files, closed } = countingFiles();
  const tracked = trackFiles(files, 10);
  for (let i = 0; i < 3; i++) tracked.openFile("f", FLAGS);
  tracked.close(11);
  tracked.close(11);
  tracked.closeAll();
  tracked.closeAll();
  tracked.close(10);
  assertEquals(closed, [11, 10, 12]);
});

Deno.test("a run that fails in the middle of a call leaves nothing open", () => {
  using folder = new HostFolder();
  fs.writeFileSync(`${folder.inside}/f`, "text");
  const files = nodeHostFiles();
  const open = new Set<number>();
  const failing: HostFiles = {
    ...files,
    openFile: (path, flags) => {
      const fd = files.openFile(path, flags);
      open.add(fd);
      return fd;
    },
    close: (fd) => {
      open.delete(fd);
      files.close(fd);
    },
    fstat: (fd) => {
      if (open.has(fd)) throw new RangeError("Maximum call stack size exceeded");
      return files.fstat(fd);
    },
  };
  const guest = new FileGuest([folder.mount({ files: failing })]);
  let thrown: unknown;
  try {
    guest.open("f");
  } catch (error) {
    thrown = error;
  }
  assertEquals([thrown instanceof RangeError, open.size], [true, 1]);
  guest.host.end();
  assertEquals(open.size, 0);
});

Deno.test("a path so deep that walking it would use up the host's descriptors is ENFILE", () => {
  using folder = new HostFolder();
  const guest = new FileGuest([folder.mount()]);
  let path = "d";
  let errno = guest.mkdir(path);
  for (; errno === 0; errno = guest.mkdir(path)) path += "/d";
  assertEquals(errno, -wasi.ERRNO_NFILE);
  assertEquals(path.length > 200, true);
  guest.host.end();
});
