import { assertEquals, assertMatch } from "@std/assert";
import { DEFAULT_FORMULA } from "../../runtime/dispatch/worker_load.ts";
import { type Option, parseArguments } from "../arguments.ts";
import { layerSettings } from "./layers.ts";
import { printSettings } from "./print_settings.ts";
import { NO_FILE, parseSettingsFile } from "./settings_file.ts";

const OPTIONS: Readonly<Record<string, Option>> = {
  port: { value: "N", help: "listen on this port" },
  "min-workers": { value: "N", help: "threads that stay" },
  native: { value: "DIR", isRepeated: true, help: "libraries" },
  token: { value: "T", help: "a secret", secret: "value" },
  otlp: { value: "URL", help: "a collector", secret: "url" },
  "log-requests": { help: "log every request" },
};

function fileOf(text: string) {
  const file = parseSettingsFile("skerry.toml", text, OPTIONS);
  if (!file.ok) throw new Error(file.error);
  return file.value;
}

function errorIn(text: string): string {
  const file = parseSettingsFile("skerry.toml", text, OPTIONS);
  return file.ok ? "" : file.error;
}

function layered(flags: readonly string[], environment: Record<string, string>, text: string) {
  const parsed = parseArguments(flags, OPTIONS);
  if (!parsed.ok) throw new Error(parsed.error);
  return layerSettings(parsed.value, OPTIONS, (name) => environment[name], fileOf(text));
}

Deno.test("A file says what the command line can say, under the same names", () => {
  const file = fileOf(`
    port = 80
    min_workers = "2"
    native = ["a", "b"]
    log_requests = true
    [score]
    cpu_weight = 1
    period_ms = 100
    full_memory_mb = 64
  `);
  assertEquals(file, {
    values: { port: "80", "min-workers": "2" },
    lists: { native: ["a", "b"] },
    switches: { "log-requests": true },
    formula: { ...DEFAULT_FORMULA, cpuWeight: 1, periodMs: 100, fullMemoryBytes: 64 * 1024 * 1024 },
  });
  assertEquals(fileOf(""), NO_FILE);
});

for (
  const [text, error] of [
    ["prot = 80", /^Cannot read skerry\.toml: prot is not a known key, expected one of port, min_/],
    ["[score]\nspeed = 1", /^Cannot read skerry\.toml: score\.speed is not a known key/],
    ["port = [1]", /^Cannot read skerry\.toml: port must be a string or a number, found an array/],
    ["log_requests = 1", /log_requests must be true or false, found 1/],
    ["native = 'a'", /native must be an array of strings, found "a"/],
    ["[score]\nsmoothing = 2", /score\.smoothing must be a number from 0 to 1, found 2/],
    ["port =", /^Cannot parse skerry\.toml: line 1, column \d+: /],
  ] as const
) {
  Deno.test(`A file with ${JSON.stringify(text)} is an error that says what is wrong`, () => {
    assertMatch(errorIn(text), error);
  });
}

Deno.test("The command line hides the environment, and that hides the file", () => {
  const file = "port = 1\nmin_workers = 1\nnative = ['x']\nlog_requests = true";
  const environment = { SKERRY_PORT: "2", SKERRY_MIN_WORKERS: "2", SKERRY_LOG_REQUESTS: "no" };
  const settings = layered(["--port", "3"], environment, file);
  if (!settings.ok) throw new Error(settings.error);
  const { args, origins } = settings.value;
  assertEquals(args.values, { port: "3", "min-workers": "2", token: undefined, otlp: undefined });
  assertEquals([args.lists.native, args.switches["log-requests"]], [["x"], false]);
  assertEquals(Object.fromEntries(origins), {
    port: "flag",
    "min-workers": "environment",
    native: "file",
    "log-requests": "environment",
  });
});

Deno.test("A switch of the environment that is neither on nor off is an error", () => {
  const settings = layered([], { SKERRY_LOG_REQUESTS: "perhaps" }, "");
  assertEquals(settings, {
    ok: false,
    error: 'SKERRY_LOG_REQUESTS must be true or false, found "perhaps"',
  });
});

for (
  const [url, shown] of [
    ["http://localhost:4318/v1", 'otlp = "http://localhost:4318/v1" # from the flag'],
    [
      "http://me:s3cret@host:4318/v1",
      "# otlp is set to a secret URL at http://host:4318, from the flag",
    ],
    ["https://s3cret@host", "# otlp is set to a secret URL at https://host, from the flag"],
    ["https://host/?key=s3cret", "# otlp is set to a secret URL at https://host, from the flag"],
    ["https://host/#s3cret", "# otlp is set to a secret URL at https://host, from the flag"],
    ["me:s3cret@host:4318", "# otlp is set, from the flag"],
    ["//me:s3cret@host", "# otlp is set, from the flag"],
  ] as const
) {
  Deno.test(`A collector at ${url} is printed without its secrets`, () => {
    const settings = layered(["--otlp", url], {}, "");
    if (!settings.ok) throw new Error(settings.error);
    const printed = printSettings(settings.value, OPTIONS, DEFAULT_FORMULA);
    assertEquals(printed.split("\n").find((line) => line.includes("otlp")), shown);
    assertEquals(printed.includes("s3cret"), false);
  });
}

Deno.test("What is printed can be read again, and shows no secret", () => {
  const settings = layered(["--token", "s3cret", "--native", "li b"], {}, "port = 80");
  if (!settings.ok) throw new Error(settings.error);
  const printed = printSettings(settings.value, OPTIONS, DEFAULT_FORMULA);
  assertMatch(printed, /^port = 80 # from the file$/m);
  assertMatch(printed, /^# token is set, from the flag$/m);
  assertMatch(printed, /^# min_workers: threads that stay$/m);
  assertEquals(printed.includes("s3cret"), false);
  const again = fileOf(printed);
  assertEquals([again.values, again.lists], [{ port: "80" }, { native: ["li b"] }]);
});
