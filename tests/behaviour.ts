import type { GuestName } from "./guests/guests.ts";

/** One row of the behaviour table: a function, a request for it, and the answer it must give. */
export interface Behaviour {
  /** Completes the sentence "Skerry …". */
  readonly does: string;
  readonly guest: GuestName;
  /** The configuration beside the module. */
  readonly toml?: string;
  readonly method?: string;
  /** What follows the function's path. */
  readonly suffix?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly answers?: string | RegExp;
  readonly answerHeaders?: Readonly<Record<string, string | RegExp | null>>;
  /** Members of the problem document. */
  readonly problem?: Readonly<Record<string, unknown>>;
  /** How often it is asked; each time it must answer the same. @default 2 */
  readonly times?: number;
}

/** Little fuel, so that what only fuel ends ends soon. */
const QUICK_FUEL = "[limits]\nfuel = 50_000_000\n";
const SHORT_TIMEOUT = "[limits]\ntimeout_ms = 300\n";
const SMALL_MEMORY = "[limits]\nmemory_mb = 8\n";
const SMALL_OUTPUT = "[limits]\noutput_mb = 1\n";

const trapped = (trap: string) => ({
  status: 500,
  problem: { code: "function_trapped", trap },
});
const outOfFuel = { status: 500, toml: QUICK_FUEL, problem: { code: "fuel_exhausted" } };
const outOfMemory = { status: 500, toml: SMALL_MEMORY, problem: { code: "memory_exceeded" } };
const badOutput = { status: 502, problem: { code: "bad_function_output" } };
const refused = { status: 422, problem: { code: "invalid_module" } };

const ANSWERS: readonly Behaviour[] = [
  {
    does: "gives a function its arguments and the CGI environment",
    guest: "dumpEnvironment",
    toml: `[env]\nGREETING = "hello"\nREQUEST_METHOD = "mine"\n`,
    suffix: "?a=1&b=two%20words",
    headers: { "x-custom": "yes", authorization: "Bearer secret" },
    status: 200,
    answers:
      /^(?!.*secret)(?=.*GREETING=hello)(?=.*REQUEST_METHOD=GET)(?=.*QUERY_STRING=a=1&b=two%20words)(?=.*HTTP_X_CUSTOM=yes)(?=.*b=two words)(?=.*GATEWAY_INTERFACE=CGI\/1\.1)(?!.*HTTP_AUTHORIZATION)(?!.*\bPATH=)/s,
  },
  {
    does: "passes a body to standard input and standard output to the body",
    guest: "echoStdin",
    method: "POST",
    body: "föö\n".repeat(5000),
    status: 200,
    answers: "föö\n".repeat(5000),
  },
  { does: "answers exit code 0 as success", guest: "exit0", status: 200, answers: "before\n" },
  {
    does: "keeps standard error out of the answer",
    guest: "writeStderr",
    status: 200,
    answers: "to stdout\n",
  },
  {
    does: "takes output in single bytes",
    guest: "oneByteWrites",
    status: 200,
    answers: /^(abcdefghijklmnopqrstuvwxyz\n){1000}$/,
  },
  {
    does: "takes ten million host calls",
    guest: "manyHostCalls",
    // They take two seconds; a busy machine takes longer.
    toml: "[limits]\ntimeout_ms = 60_000\n",
    status: 200,
    answers: "done\n",
    times: 1,
  },
  { does: "lets a function sleep", guest: "sleepBriefly", status: 200, answers: "awake\n" },
  {
    does: "answers a refused memory.grow with -1",
    guest: "memoryRefusal",
    status: 200,
    answers: "refused\n",
  },
  {
    does: "initialises a reactor once a request",
    guest: "reactor",
    status: 200,
    answers: "run 1\n",
  },
  {
    does: "calls the handler that the configuration names",
    guest: "reactor",
    toml: `handler = "other"\n`,
    status: 200,
    answers: "other 1\n",
  },
  {
    does: "runs a reactor without _initialize",
    guest: "bareReactor",
    status: 200,
    answers: "run\n",
  },
  {
    does: "runs a start function before _start",
    guest: "startFunction",
    status: 200,
    answers: "start\n_start\n",
  },
  {
    does: "runs exceptions as they are meant",
    guest: "catchOwn",
    status: 200,
    answers: "caught\n",
  },
];

const ISOLATION: readonly Behaviour[] = [
  {
    does: "shows no run what another left in memory and globals",
    guest: "stateProbe",
    status: 200,
    times: 5,
  },
  {
    does: "shows no run that another grew the memory",
    guest: "growingStateProbe",
    status: 200,
    times: 5,
  },
  {
    does: "puts globals of every number type back",
    guest: "mutateGlobals",
    status: 200,
    times: 5,
    answers: /^0*11223344\n5566778899aabbcc\n0*3fc00000\nc002000000000000\n/,
  },
  {
    does: "puts exported globals back",
    guest: "mutateExportedGlobal",
    status: 200,
    answers: "1\n",
  },
  {
    does: "puts reference globals back",
    guest: "mutateReferenceGlobal",
    status: 200,
    answers: "0\n",
  },
  {
    does: "shows no run a table another changed",
    guest: "mutateTable",
    status: 200,
    answers: "1\n",
  },
  { does: "shows no run a table another grew", guest: "growTable", status: 200, answers: "2\n" },
  {
    does: "shows no run a dropped data segment",
    guest: "dropDataSegment",
    status: 200,
    answers: "7\n",
  },
  {
    does: "shows no run a dropped element segment",
    guest: "dropElementSegment",
    status: 200,
    answers: "1\n",
  },
  { does: "puts a second memory back", guest: "countInSecondMemory", status: 200, answers: "1\n" },
  {
    does: "starts every run from what an initialiser left",
    guest: "initialiser",
    status: 200,
    answers: "ir",
    times: 5,
  },
  {
    does: "refuses a module whose initialiser fails",
    guest: "trappingInitialiser",
    ...refused,
  },
  {
    does: "resets before the start function, not after",
    guest: "countInStartFunction",
    status: 200,
    answers: "2\n",
  },
  {
    does: "shows no run a changed object behind an immutable global",
    guest: "countInGcObject",
    status: 200,
    answers: "1\n",
  },
];

const LIMITS: readonly Behaviour[] = [
  { does: "ends an endless loop", guest: "endlessLoop", ...outOfFuel },
  { does: "ends endless tail calls", guest: "endlessTailCall", ...outOfFuel },
  { does: "ends endless indirect tail calls", guest: "endlessIndirectTailCall", ...outOfFuel },
  { does: "ends an endless start function", guest: "endlessStartFunction", ...outOfFuel },
  { does: "charges memory.fill per byte", guest: "memoryFillLoop", ...outOfFuel },
  { does: "charges memory.copy per byte", guest: "memoryCopyLoop", ...outOfFuel },
  { does: "ends endless recursion", guest: "endlessRecursion", ...trapped("stack_overflow") },
  {
    does: "ends endless recursion in large frames",
    guest: "endlessWideRecursion",
    ...trapped("stack_overflow"),
  },
  { does: "bounds memory", guest: "memoryBomb", ...outOfMemory },
  { does: "bounds malloc", guest: "mallocBomb", ...outOfMemory },
  { does: "bounds garbage-collected arrays", guest: "gcBomb", ...outOfMemory },
  { does: "bounds small garbage-collected objects", guest: "gcSmallBomb", ...outOfMemory },
  {
    does: "bounds tables",
    guest: "tableBomb",
    ...trapped("unreachable"),
  },
  {
    does: "bounds output",
    guest: "outputFlood",
    toml: SMALL_OUTPUT,
    status: 502,
    problem: { code: "bad_function_output" },
  },
  {
    does: "drops standard error past its bound and goes on",
    guest: "stderrFlood",
    ...outOfFuel,
  },
  {
    does: "wakes a sleeper at its wall clock",
    guest: "sleepMinute",
    toml: SHORT_TIMEOUT,
    status: 504,
    problem: { code: "timeout", timeout_ms: 300 },
  },
  {
    does: "ends a loop that no fuel limit ends at its wall clock",
    guest: "endlessLoop",
    toml: "[limits]\nfuel = 1_000_000_000_000\ntimeout_ms = 300\n",
    status: 504,
    problem: { code: "timeout" },
  },
];

const FAILURES: readonly Behaviour[] = [
  { does: "tells unreachable", guest: "unreachable", ...trapped("unreachable") },
  {
    does: "gives no output of a run that trapped",
    guest: "unreachableAfterOutput",
    ...trapped("unreachable"),
    answers: /^(?!.*before)/s,
  },
  {
    does: "tells an exit code",
    guest: "exit3",
    status: 500,
    problem: { code: "function_exited", exit_code: 3 },
  },
  { does: "tells a load out of bounds", guest: "outOfBoundsLoad", ...trapped("out_of_bounds") },
  { does: "tells a fill out of bounds", guest: "outOfBoundsFill", ...trapped("out_of_bounds") },
  { does: "tells a table out of bounds", guest: "outOfBoundsTable", ...trapped("out_of_bounds") },
  { does: "tells an array out of bounds", guest: "outOfBoundsArray", ...trapped("out_of_bounds") },
  { does: "tells a division by zero", guest: "divideByZero", ...trapped("divide_by_zero") },
  { does: "tells an integer overflow", guest: "integerOverflow", ...trapped("integer_overflow") },
  {
    does: "tells an invalid conversion",
    guest: "invalidConversion",
    ...trapped("invalid_conversion"),
  },
  {
    does: "tells an indirect call of another type",
    guest: "indirectCallMismatch",
    ...trapped("indirect_call_mismatch"),
  },
  { does: "tells a null reference", guest: "nullReference", ...trapped("null_reference") },
  { does: "tells a failed cast", guest: "castFailure", ...trapped("cast_failure") },
  {
    does: "tells an uncaught exception",
    guest: "uncaughtException",
    ...trapped("uncaught_exception"),
  },
  { does: "tells a raised signal", guest: "raiseSignal", ...trapped("signal") },
  { does: "tells a trap in _initialize", guest: "trappingReactor", ...trapped("unreachable") },
  {
    does: "tells a trap in the start function",
    guest: "trappingStartFunction",
    ...trapped("unreachable"),
  },
  {
    does: "forgets a run that scribbled and trapped",
    guest: "scribbleAndTrap",
    ...trapped("unreachable"),
  },
  {
    does: "stops a module that catches its own exit (legacy form)",
    guest: "swallowExitLegacy",
    status: 500,
    problem: { code: "function_exited", exit_code: 7 },
  },
  {
    does: "stops a module that catches its own exit",
    guest: "swallowExit",
    status: 500,
    problem: { code: "function_exited", exit_code: 7 },
  },
  {
    does: "stops a flood within catch-all (legacy form)",
    guest: "swallowFloodLegacy",
    ...badOutput,
  },
  { does: "stops a flood within catch-all", guest: "swallowFlood", ...badOutput },
  {
    does: "stops a sleeper within catch-all (legacy form)",
    guest: "swallowSleepLegacy",
    toml: SHORT_TIMEOUT,
    status: 504,
    problem: { code: "timeout" },
  },
  {
    does: "stops a sleeper within catch-all",
    guest: "swallowSleep",
    toml: SHORT_TIMEOUT,
    status: 504,
    problem: { code: "timeout" },
  },
  { does: "lets no catch-all catch a trap", guest: "swallowTrapLegacy", ...trapped("unreachable") },
  { does: "lets no catch-all catch the end of fuel", guest: "swallowFuelLegacy", ...outOfFuel },
];

const OUTPUT: readonly Behaviour[] = [
  {
    does: "takes a CGI status",
    guest: "cgiTeapot",
    status: 418,
    answers: "short and stout\n",
    answerHeaders: { "content-type": "text/plain" },
  },
  {
    does: "takes a CGI redirect",
    guest: "cgiRedirect",
    status: 302,
    answerHeaders: { location: "/hello" },
  },
  {
    does: "keeps both cookies",
    guest: "cgiTwoCookies",
    status: 200,
    answerHeaders: { "set-cookie": "a=1, b=2" },
  },
  { does: "takes a status without a body", guest: "cgiNoBody", status: 204, answers: "" },
  { does: "refuses a header without a colon", guest: "cgiNoColon", ...badOutput },
  { does: "refuses headers without an end", guest: "cgiNoBlankLine", ...badOutput },
  {
    does: "refuses CGI output without a required header",
    guest: "cgiNoRequiredHeader",
    toml: `abi = "cgi"\n`,
    ...badOutput,
  },
  { does: "refuses a status that is no number", guest: "cgiStatusWord", ...badOutput },
  { does: "refuses a status that is too low", guest: "cgiStatusLow", ...badOutput },
  { does: "refuses an informational status", guest: "cgiStatusInformational", ...badOutput },
  { does: "refuses a status that is too high", guest: "cgiStatusHigh", ...badOutput },
  {
    does: "lets no carriage return into a header",
    guest: "cgiCarriageReturn",
    ...badOutput,
    answerHeaders: { "set-cookie": null },
  },
  {
    does: "lets no second carriage return into a header",
    guest: "cgiDoubleCarriageReturn",
    ...badOutput,
    answerHeaders: { "set-cookie": null },
  },
  { does: "lets no NUL into a header", guest: "cgiNul", ...badOutput },
  { does: "refuses a space in a header's name", guest: "cgiSpaceInName", ...badOutput },
  { does: "refuses a space before the colon", guest: "cgiSpaceBeforeColon", ...badOutput },
  { does: "refuses a header without a name", guest: "cgiEmptyName", ...badOutput },
  { does: "bounds headers", guest: "cgiHeaderFlood", ...badOutput },
  {
    does: "tells JSON from text",
    guest: "textJson",
    status: 200,
    answerHeaders: { "content-type": /^application\/json/ },
  },
  {
    does: "tells HTML from text",
    guest: "textHtml",
    status: 200,
    answerHeaders: { "content-type": /^text\/html/ },
  },
  {
    does: "takes the JSON ABI's answer",
    guest: "jsonCreated",
    toml: `abi = "json"\n`,
    status: 201,
    answers: "made",
    answerHeaders: { "x-a": "b" },
  },
  {
    does: "refuses what is not the JSON ABI's answer",
    guest: "jsonNotJson",
    toml: `abi = "json"\n`,
    ...badOutput,
  },
  {
    does: "lets no line break into a header of the JSON ABI",
    guest: "jsonHeaderInjection",
    toml: `abi = "json"\n`,
    ...badOutput,
    answerHeaders: { "set-cookie": null },
  },
];

const REFUSALS: readonly Behaviour[] = [
  { does: "refuses a file that is no module", guest: "notWasm", ...refused },
  { does: "refuses an empty file", guest: "emptyFile", ...refused },
  { does: "refuses a component", guest: "component", ...refused },
  { does: "refuses an invalid body", guest: "invalidBody", ...refused },
  { does: "refuses a module without an entry", guest: "noEntry", ...refused },
  { does: "refuses an entry with a parameter", guest: "entryWithParameter", ...refused },
  {
    does: "names an import it does not know",
    guest: "unknownImport",
    ...refused,
    answers: /\\?"env\\?".*mystery/,
  },
  { does: "refuses a WASI function that does not exist", guest: "unknownWasiImport", ...refused },
  { does: "refuses a WASI function of another type", guest: "mistypedImport", ...refused },
  { does: "refuses an imported memory", guest: "importedMemory", ...refused },
  { does: "refuses shared memory", guest: "sharedMemory", ...refused },
  { does: "refuses reserved export names", guest: "reservedExport", ...refused },
  { does: "refuses a memory above the limit", guest: "hugeInitialMemory", ...refused },
  { does: "refuses a table above the limit", guest: "hugeInitialTable", ...refused },
  {
    does: "refuses a configuration with a wrong type",
    guest: "exit0",
    toml: `[limits]\nfuel = "lots"\n`,
    status: 500,
    problem: { code: "invalid_config" },
    answers: /limits\.fuel/,
  },
  {
    does: "refuses a configuration with an unknown key",
    guest: "exit0",
    toml: `colour = "red"\n`,
    status: 500,
    problem: { code: "invalid_config" },
    answers: /colour/,
  },
];

const METHODS: readonly Behaviour[] = [
  {
    does: "refuses a method that the configuration does not name",
    guest: "exit0",
    toml: `methods = ["POST"]\n`,
    status: 405,
    problem: { code: "method_not_allowed" },
    answerHeaders: { allow: /POST/ },
  },
  {
    does: "answers OPTIONS with what is allowed",
    guest: "exit0",
    toml: `methods = ["GET"]\n`,
    method: "OPTIONS",
    status: 204,
    answerHeaders: { allow: /GET/ },
  },
  { does: "answers HEAD without a body", guest: "exit0", method: "HEAD", status: 200, answers: "" },
  {
    does: "passes other methods on",
    guest: "dumpEnvironment",
    method: "PATCH",
    status: 200,
    answers: /REQUEST_METHOD=PATCH/,
  },
];

/** How Skerry behaves over HTTP, the same wherever it runs. */
export const BEHAVIOURS: readonly Behaviour[] = [
  ...ANSWERS,
  ...ISOLATION,
  ...LIMITS,
  ...FAILURES,
  ...OUTPUT,
  ...REFUSALS,
  ...METHODS,
];
