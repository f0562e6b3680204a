import { assertEquals, assertMatch } from "@std/assert";
import { helpText, type Option, parseArguments, wholeNumber } from "./arguments.ts";

const OPTIONS: Record<string, Option> = {
  port: { value: "N", help: "the port" },
  env: { value: "K=V", help: "a variable", isRepeated: true },
  stats: { help: "print statistics" },
};

function parse(...args: string[]) {
  const parsed = parseArguments(args, OPTIONS);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function errorOf(...args: string[]): string {
  const parsed = parseArguments(args, OPTIONS);
  return parsed.ok ? "" : parsed.error;
}

Deno.test("Values, lists, switches, positional arguments and the rest are told apart", () => {
  const args = parse(
    "file",
    "--port",
    "80",
    "--env",
    "A=1",
    "--env=B=2",
    "--stats",
    "--",
    "--x",
    "y",
  );
  assertEquals(args.positional, ["file"]);
  assertEquals(args.values.port, "80");
  assertEquals(args.lists.env, ["A=1", "B=2"]);
  assertEquals(args.switches.stats, true);
  assertEquals(args.rest, ["--x", "y"]);
});

Deno.test("Of a value given twice the last counts, so that scripts can append theirs", () => {
  assertEquals(parse("--port", "1", "--port", "2").values.port, "2");
});

Deno.test("What is not given is undefined, empty or false", () => {
  const args = parse();
  assertEquals(args.values.port, undefined);
  assertEquals(args.lists.env, []);
  assertEquals(args.switches.stats, false);
  assertEquals(args.rest, []);
});

Deno.test("Numbers stay text as they were written", () => {
  assertEquals(parse("007").positional, ["007"]);
  assertEquals(parse("--env", "1e3").lists.env, ["1e3"]);
});

Deno.test("An unknown option and a missing value are errors", () => {
  assertEquals(errorOf("--colour"), "Unknown option --colour");
  assertEquals(errorOf("-x"), "Unknown option -x");
  assertEquals(errorOf("--port"), "Option --port needs a value");
});

Deno.test("Whole numbers are read within their bounds", () => {
  const bounds = { min: 1, max: 1000 };
  const read = (text: string) => {
    const number = wholeNumber(parse("--port", text), "port", bounds);
    return number.ok ? number.value : number.error;
  };
  assertEquals(read("1"), 1);
  assertEquals(read("1_000"), 1000);
  for (const wrong of ["0", "1001", "1.5", "abc", "0x1z", "NaN", "Infinity"]) {
    assertEquals(
      read(wrong),
      `Option --port must be a whole number from 1 to 1000, found "${wrong}"`,
    );
  }
});

Deno.test("The help lists every option in columns", () => {
  const text = helpText({ summary: "Does it.", usage: "skerry do", options: OPTIONS });
  assertMatch(text, /^Does it\.\n\nUsage: skerry do\n\nOptions:\n/);
  assertMatch(text, / {2}--env K=V {2}a variable\n/);
  assertMatch(text, / {2}--help {5}show this$/);
});

Deno.test("A letter stands for its option, and a lone dash is a value", () => {
  const options: Record<string, Option> = {
    data: { value: "BODY", help: "the body", letter: "d" },
    include: { help: "headers too", letter: "i" },
  };
  for (const given of [["-i", "-d", "-", "x"], ["--include", "--data", "-", "x"]]) {
    const parsed = parseArguments(given, options);
    if (!parsed.ok) throw new Error(parsed.error);
    const { values, switches, positional } = parsed.value;
    assertEquals([values.data, switches.include, positional], ["-", true, ["x"]]);
  }
  const help = helpText({ usage: "u", summary: "s", options });
  assertMatch(help, /^ {2}-d, --data BODY {2}the body$/m);
  assertMatch(help, /^ {6}--help {7}show this$/m);
});
