/** What do files and sleeping cost through the host? */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Isolate } from "../runtime/isolate/isolate.ts";
import { openMounts } from "../runtime/isolate/mount_grant.ts";
import { MemoryFileSystem } from "../runtime/wasi/filesystem/memory_file_system.ts";
import type { Mount } from "../runtime/wasi/filesystem/mount.ts";
import { secureRandom } from "../runtime/wasi/random.ts";
import { atomicsSleeper } from "../runtime/wasi/sleeper.ts";
import { systemClock } from "../runtime/wasi/system_clock.ts";
import { compileC } from "../scripts/clang.ts";
import { compile, runCommand } from "./support/command.ts";
import { alternate, expectAnswer, median, timeMs, type Variant } from "./support/measure.ts";
import type { Bench, Report, Row, Size } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly entries: number;
  readonly appends: number;
  readonly sleepMs: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 7, entries: 20_000, appends: 20_000, sleepMs: 100 },
  quick: { rounds: 3, entries: 20_000, appends: 20_000, sleepMs: 100 },
  tiny: { rounds: 1, entries: 20, appends: 20, sleepMs: 10 },
};

const LIST = `#include <dirent.h>
#include <stdio.h>
int main(void) {
  int count = 0;
  DIR *directory = opendir("/data");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) count += entry->d_name[0] != '.';
  printf("%d", count);
}`;

const appendSource = (appends: number) =>
  `#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
  static char record[100];
  int file = open("/data/.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  for (int i = 0; i < ${appends}; i++) write(file, record, sizeof record);
  struct stat status;
  fstat(file, &status);
  printf("%lld", (long long)status.st_size);
}`;

const sleepSource = (sleepMs: number) =>
  `#include <stdio.h>
#include <time.h>
int main(void) {
  struct timespec pause = {0, ${sleepMs} * 1000000};
  nanosleep(&pause, NULL);
  puts("awake");
}`;

export const files: Bench = {
  name: "files",
  question: "What do files and sleeping cost through the host?",
  run: async (size) => {
    const effort = EFFORTS[size];
    const folder = await mkdtemp(join(tmpdir(), "skerry-bench-"));
    try {
      return report(await alternate(await variants(effort, folder), effort.rounds), effort);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function variants(effort: Effort, folder: string): Promise<Variant[]> {
  const names = Array.from({ length: effort.entries }, (_, i) => `entry-${i}`);
  await Promise.all(names.map((name) => writeFile(join(folder, name), "")));
  const contents = Object.fromEntries(names.map((name) => [name, new Uint8Array(0)]));
  const inMemory = () => [
    new MemoryFileSystem("/data", { nowNs: systemClock.realtimeNs, contents }),
  ];
  const onHost = () =>
    openMounts([{ hostPath: folder, guestPath: "/data", isReadOnly: false }], {
      allowUnanchored: true,
    });
  const append = appendSource(effort.appends);
  const appended = String(effort.appends * 100);
  return [
    await timed("list a directory in memory", LIST, inMemory(), String(effort.entries)),
    await timed("list a real directory", LIST, onHost(), String(effort.entries)),
    await timed("append in memory", append, inMemory(), appended),
    await timed("append to a real file", append, onHost(), appended),
    await cpuOfSleep(effort.sleepMs),
  ];
}

async function isolateWith(source: string, mounts: readonly Mount[]): Promise<Isolate> {
  const compiled = compile(await compileC(source));
  const system = { clock: systemClock, random: secureRandom, sleeper: atomicsSleeper(), mounts };
  return new Isolate({ id: 0, ...compiled }, system);
}

async function timed(
  label: string,
  source: string,
  mounts: readonly Mount[],
  answer: string,
): Promise<Variant> {
  const isolate = await isolateWith(source, mounts);
  const run = () => expectAnswer(label, runCommand(isolate), answer);
  return { label, measure: () => timeMs(run) };
}

async function cpuOfSleep(sleepMs: number): Promise<Variant> {
  const label = `processor time of sleeping ${sleepMs} ms`;
  const isolate = await isolateWith(sleepSource(sleepMs), []);
  const measure = () => {
    const before = process.cpuUsage();
    expectAnswer(label, runCommand(isolate), "awake\n");
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  // The first run compiles.
  measure();
  return { label, measure };
}

function report(values: ReadonlyMap<string, readonly number[]>, effort: Effort): Report {
  const rows = [...values].map(([label, values]): Row => ({ label, unit: "ms", values }));
  const limits = [1000, 1000, 100, 100, 5];
  return {
    rows,
    targets: rows.map(({ label, values }, i) => ({
      claim: label,
      value: median(values),
      unit: "ms",
      bound: "at most" as const,
      limit: limits[i]!,
    })),
    notes: [
      `${effort.entries} entries; ${effort.appends} appends of 100 bytes; C programs with wasi-libc, each run a whole command.`,
    ],
  };
}
