import { assertEquals } from "@std/assert";
import fc from "fast-check";
import * as fs from "node:fs";
import { FileGuest, HostFolder, memoryMount } from "../testing_files.ts";

/** Few names, so that random paths often lead somewhere. */
const component = fc.constantFrom("a", "b", "c", "..", ".", "", "secret", "outside", "inside");
const path = fc.array(component, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));

/** A random step of a module; answers a number or text that two file systems can be compared by. */
const step = fc.record({
  op: fc.constantFrom(
    "mkdir",
    "rmdir",
    "file",
    "unlink",
    "symlink",
    "link",
    "rename",
    "read",
    "readFollowing",
    "stat",
    "readlink",
    "names",
  ),
  path,
  other: path,
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function run(guest: FileGuest, { op, path, other }: Step): unknown {
  switch (op) {
    case "mkdir":
      return guest.mkdir(path);
    case "rmdir":
      return guest.rmdir(path);
    case "file":
      return writeFile(guest, path);
    case "unlink":
      return guest.unlink(path);
    case "symlink":
      return guest.symlink(other, path);
    case "link":
      return guest.link(path, other);
    case "rename":
      return guest.rename(path, other);
    case "read":
      return guest.contents(path);
    case "readFollowing":
      return guest.contents(path, { follow: true });
    case "stat":
      return describe(guest, path);
    case "readlink":
      return guest.readlink(path);
    default:
      return list(guest, path);
  }
}

function writeFile(guest: FileGuest, path: string): number {
  const fd = guest.create(path, { follow: true });
  if (fd < 0) return fd;
  const written = guest.write(fd, "mine");
  guest.close(fd);
  return written;
}

function describe(guest: FileGuest, path: string): unknown {
  const status = guest.status(path, { follow: true });
  return typeof status === "number" ? status : status.filetype;
}

function list(guest: FileGuest, path: string): unknown {
  const fd = guest.openDirectory(path, { follow: true });
  if (fd < 0) return fd;
  const listing = guest.readdir(fd);
  guest.close(fd);
  return typeof listing === "number" ? listing : listing.entries.map(({ name }) => name).sort();
}

const steps = fc.array(step, { minLength: 1, maxLength: 25 });

Deno.test("no sequence of calls reads or changes anything outside a folder of the host", () => {
  fc.assert(
    fc.property(steps, (all) => {
      using folder = new HostFolder();
      fs.mkdirSync(`${folder.inside}/a`);
      fs.symlinkSync("../outside", `${folder.inside}/b`);
      fs.symlinkSync("../../outside/secret", `${folder.inside}/a/c`);
      const guest = new FileGuest([folder.mount()]);
      for (const each of all) assertEquals(run(guest, each) === "secret", false);
      guest.host.end();
      assertEquals(folder.outsideNow(), "secret=secret");
      assertEquals(fs.readdirSync(folder.path).sort(), ["inside", "outside"]);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a file system in memory answers every sequence of calls as a folder of the host does", () => {
  fc.assert(
    fc.property(steps, (all) => {
      using folder = new HostFolder();
      const host = new FileGuest([folder.mount()]);
      const memory = new FileGuest([memoryMount()]);
      for (const each of all) assertEquals(run(memory, each), run(host, each));
      host.host.end();
    }),
    { numRuns: 300 },
  );
});
