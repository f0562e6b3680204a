/** The sandbox for real: a shell in it looks around and breaks its limits. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../../tests/support/folder.ts";
import { type Mount, Sandbox, type SandboxJob, type SandboxLimits } from "./sandbox.ts";

const LIMITS: SandboxLimits = {
  timeoutMs: 60_000,
  scratchBytes: 1 << 20,
  memoryBytes: 1 << 27,
  cpuSeconds: 30,
  fileBytes: 4096,
  processes: 32,
};

const SHELL: Mount = { host: "/bin/sh", guest: "/bin/sh" };

async function run(job: Partial<SandboxJob> & { command: SandboxJob["command"] }) {
  const sandbox = await Sandbox.open();
  if (sandbox === undefined) throw new Error("this machine allows no sandbox");
  return await sandbox.run({ environment: {}, mounts: [SHELL], limits: LIMITS, ...job });
}

/** What a shell in the sandbox prints. */
async function printed(script: string, job: Partial<SandboxJob> = {}): Promise<string> {
  const outcome = await run({ command: ["/bin/sh", "-c", script], ...job });
  assertEquals([outcome.kind, outcome.text && outcome.kind], ["exited", outcome.text && "exited"]);
  return outcome.text;
}

function ended(script: string, limits: Partial<SandboxLimits>) {
  return run({ command: ["/bin/sh", "-c", script], limits: { ...LIMITS, ...limits } });
}

Deno.test("Of the host a sandbox has the C library, and nothing else", async () => {
  const text = await printed("echo /*; echo /dev/*; echo /usr/*; echo /tmp/*");
  assertEquals(
    text.replaceAll(/ \/(usr\/)?lib\w*/g, "").trim().split(/\s+/),
    [
      ...["/bin", "/dev", "/tmp", "/usr", "/dev/null", "/usr/bin", "/tmp/*"],
    ],
  );
  assertEquals(
    await printed("cat /etc/passwd || [ -e /proc/self ] || echo none"),
    [
      "/bin/sh: 1: cat: not found",
      "none\n",
    ].join("\n"),
  );
});

Deno.test("A sandbox has the variables it was given", async () => {
  const text = await printed("export", { environment: { A: "1 $B", PATH: "/bin" } });
  assertEquals(text, "export A='1 $B'\nexport PATH='/bin'\nexport PWD='/'\n");
});

Deno.test("Mounts are read-only unless they say otherwise", async () => {
  await using folder = await temporaryFolder({ "in/a.txt": "a", "out/b.txt": "b" });
  const mounts = [
    SHELL,
    { host: join(folder.path, "in"), guest: "/in" },
    { host: join(folder.path, "out"), guest: "/out/deep er", isWritable: true },
  ];
  const script = `read a < /in/a.txt; echo "$a" > "/out/deep er/c.txt"; echo x > /in/a.txt`;
  const outcome = await run({ command: ["/bin/sh", "-c", script], mounts });
  assertStringIncludes(outcome.text, "cannot create /in/a.txt: Read-only file system");
  assertEquals(await readFile(join(folder.path, "out/c.txt"), "utf8"), "a\n");
  assertEquals(await readFile(join(folder.path, "in/a.txt"), "utf8"), "a");
});

Deno.test("A sandbox that cannot be made is no program's failure", async () => {
  const mounts = [SHELL, { host: "/nowhere", guest: "/nowhere" }];
  await assertRejects(() => printed("echo", { mounts }), Error, "Cannot make a sandbox: ");
});

Deno.test("What would be a part of the script is only a name", async () => {
  await using folder = await temporaryFolder({ '$(touch x); "/a.txt': "" });
  const host = join(folder.path, '$(touch x); "');
  const text = await printed('echo /build/* "$A"', {
    mounts: [SHELL, { host, guest: "/build" }],
    environment: { A: "$(touch x); '" },
  });
  assertEquals(text, "/build/a.txt $(touch x); '\n");
});

Deno.test("A sandbox has no network", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const code =
    `await Deno.connect({ port: ${listener.addr.port} }).catch((e) => console.log(e.name))`;
  const outcome = await run({
    command: ["/deno/deno", "eval", code],
    environment: { DENO_DIR: "/tmp" },
    mounts: [{ host: dirname(Deno.execPath()), guest: "/deno" }],
    limits: {
      ...LIMITS,
      memoryBytes: 2 ** 40,
      scratchBytes: 1 << 24,
      fileBytes: 1 << 24,
      processes: 512,
    },
  });
  assertEquals(outcome, { kind: "exited", exitCode: 0, text: "NetworkUnreachable\n" });
});

Deno.test("A program ends with its own code or signal", async () => {
  assertEquals(await ended("exit 7", {}), { kind: "exited", exitCode: 7, text: "" });
  const killed = await ended("kill -11 $$", {});
  assertEquals(killed, { kind: "killed", signal: "11", text: "Segmentation fault\n" });
});

Deno.test("Processor time, written files, memory and scratch space end where they are to", async () => {
  const spent = await ended("while :; do :; done", { cpuSeconds: 1 });
  assertEquals(spent.kind === "killed" && spent.signal, "24");
  const line = "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  const written = await ended(`while :; do ${line}; done > /tmp/x`, {});
  assertEquals(written.kind === "killed" && written.signal, "25");
  const grown = await ended("x=aaaaaaaa; while :; do x=$x$x; done", {});
  assert(grown.kind === "killed" || grown.kind === "exited" && grown.exitCode !== 0);
  const full = await ended(`while ${line}; do :; done > /tmp/x`, {
    fileBytes: 1 << 30,
    scratchBytes: 8192,
  });
  assertStringIncludes(full.text, "I/O error");
});

Deno.test("Inside, the limits are those that were asked for", async () => {
  const limits = (await printed("ulimit -a")).split("\n");
  const rows = new Map(limits.map((line) => line.split(/\(\w+\) +|  +/) as [string, string]));
  assertEquals(
    ["time", "file", "coredump", "process", "nofiles", "vmemory"].map((name) => rows.get(name)),
    ["30", "8", "0", "32", "256", "131072"],
  );
});

Deno.test("Time ends all processes of a sandbox, and leaves no zombie to the first of a container", async () => {
  const job = {
    command: ["/bin/sh", "-c", "(while :; do :; done) & while :; do :; done"],
    environment: {},
    mounts: [SHELL],
    limits: { ...LIMITS, timeoutMs: 500 },
  };
  const code = `
    import { Sandbox } from ${JSON.stringify(import.meta.resolve("./sandbox.ts"))};
    const { kind, timeoutMs } = await (await Sandbox.open()).run(${JSON.stringify(job)});
    const processes = [...Deno.readDirSync("/proc")].filter(({ name }) => /^[0-9]+$/.test(name));
    console.log(kind, timeoutMs, processes.map(({ name }) => name));
  `;
  const container = [
    "--user",
    "--map-root-user",
    "--pid",
    "--fork",
    "--mount-proc",
    "--kill-child",
  ];
  const output = await new Deno.Command("unshare", {
    args: [...container, Deno.execPath(), "eval", code],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(new TextDecoder().decode(output.stdout), 'timed_out 500 [ "1" ]\n');
});

Deno.test("What a program prints is bounded, and the program is not kept waiting", async () => {
  const line = `echo ${"a".repeat(1000)}`;
  const text = await printed(`i=0; while [ $i -lt 1000 ]; do ${line}; i=$((i+1)); done`);
  assertEquals(text.length, 256 * 1024);
});
