import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { ExactTimes } from "./exact_times.ts";
import type { HostStat } from "./host_files.ts";

/** A file of a host that rounds times to microseconds. */
class RoundingFile {
  status: HostStat;

  constructor(ino: bigint) {
    this.status = {
      filetype: wasi.FILETYPE_REGULAR_FILE,
      dev: 1n,
      ino,
      nlink: 1n,
      size: 0n,
      atimeNs: 111n,
      mtimeNs: 222n,
      ctimeNs: 333n,
    };
  }

  readonly stat = (): HostStat => this.status;
  readonly set = (atime: number, mtime: number): number => {
    const round = (seconds: number) => BigInt(Math.round(seconds * 1e6)) * 1000n;
    this.status = { ...this.status, atimeNs: round(atime), mtimeNs: round(mtime) };
    return 0;
  };
}

Deno.test("times are answered as they were set, though the host rounds them", () => {
  const [times, file] = [new ExactTimes(), new RoundingFile(1n)];
  times.apply(file.stat, { atim: undefined, mtim: 5_000_000_123n }, file.set);
  const { atimeNs, mtimeNs } = times.correct(file.status);
  assertEquals([atimeNs, mtimeNs], [111n, 5_000_000_123n]);
  times.apply(file.stat, { atim: 7_000_000_456n, mtim: undefined }, file.set);
  assertEquals(times.correct(file.status).mtimeNs, 5_000_000_123n);
});

Deno.test("times that someone else set since are answered as they are", () => {
  const [times, file] = [new ExactTimes(), new RoundingFile(1n)];
  times.apply(file.stat, { atim: 1_000_000_001n, mtim: 2_000_000_002n }, file.set);
  file.status = { ...file.status, mtimeNs: 9n };
  const { atimeNs, mtimeNs } = times.correct(file.status);
  assertEquals([atimeNs, mtimeNs], [1_000_000_001n, 9n]);
  const other = new RoundingFile(2n);
  assertEquals(times.correct(other.status), other.status);
});

Deno.test("a failure is passed on and nothing is remembered", () => {
  const [times, file] = [new ExactTimes(), new RoundingFile(1n)];
  const wanted = { atim: 1n, mtim: 1n };
  assertEquals(times.apply(() => wasi.ERRNO_NOENT, wanted, file.set), wasi.ERRNO_NOENT);
  assertEquals(times.apply(file.stat, wanted, () => wasi.ERRNO_PERM), wasi.ERRNO_PERM);
  assertEquals(times.correct(file.status), file.status);
});

Deno.test("only so many files are remembered, the latest ones", () => {
  const times = new ExactTimes();
  const files = Array.from({ length: 1025 }, (_, i) => new RoundingFile(BigInt(i)));
  for (const file of files) times.apply(file.stat, { atim: 1n, mtim: 1n }, file.set);
  assertEquals(times.correct(files[0]!.status).mtimeNs, 0n);
  assertEquals(times.correct(files[1]!.status).mtimeNs, 1n);
  times.clear();
  assertEquals(times.correct(files[1024]!.status).mtimeNs, 0n);
});
