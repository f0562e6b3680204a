/** Requests made up from the API's own description, and worse ones: whatever comes, the server answers and goes on. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** One request as it is sent. */
interface Sent {
  readonly method: string;
  readonly template: string;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

const NAMES = [
  "a",
  "b",
  "a_1",
  "../x",
  "",
  "%",
  "\u0000",
  "ü",
  "x".repeat(300),
  "__proto__",
  "a/b",
];
const VALUES = [...NAMES, "html", "wat", "wasm", "true", "0", "-1", "1e99", "NaN", "GET:/a", "[]"];
/** What makes sense, by the name of the parameter. */
const SENSIBLE: Readonly<Record<string, readonly string[]>> = {
  name: ["a", "b", "files", "file_0"],
  fn: ["a", "b"],
  lang: ["html", "wat"],
  key: ["GET:/a", "POST:/c/[id]"],
  limit: ["1", "100"],
  after: ["0", "1"],
  from: ["0", "-1"],
  replace: ["true"],
  version: ["a_1"],
  handler: ["_start"],
};
const WAT = '(module (memory (export "memory") 1) (func (export "_start")))';
const TEXTS = [
  "",
  "<p>x</p>",
  WAT,
  "{}",
  "[]",
  "null",
  '{"name":"a","lang":"html","code":"<p>x</p>"}',
  '{"name":"b","lang":"wat","code":"(module)","replace":true}',
  '{"version":"a_1"}',
  '{"client_id":"c","seq":0,"token":1}',
  '{"client_id":"c","seq":1,"data_base64":"=="}',
  '{"name":"x","runtime":"wasm","module":"/etc/passwd"}',
  '{"strategy":"constructor"}',
  '{"__proto__":{"code":"x"}}',
  `{"code":"${"\\u0000".repeat(50)}","lang":"wasm","name":"z","base64":true}`,
];
const TYPES = [
  "application/json",
  "application/octet-stream",
  "text/plain",
  "application/json;;",
  "/",
];
/** Answers that go on for as long as the client likes are not asked for. */
const ACCEPTS = ["*/*", "application/octet-stream", "text/html"];

function requests(document: Document): fc.Arbitrary<Sent> {
  const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ template, method, operation }))
  );
  const value = fc.record({
    isSensible: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
    choice: fc.nat(),
    other: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    ),
  });
  const bytes = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(...TEXTS).map((text) => new TextEncoder().encode(text)),
    },
    { weight: 1, arbitrary: fc.json().map((text) => new TextEncoder().encode(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
  return fc.record({
    operation: fc.constantFrom(...operations),
    values: fc.array(value, { minLength: 8, maxLength: 8 }),
    given: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    type: fc.constantFrom(...TYPES),
    accept: fc.constantFrom(...ACCEPTS),
    body: bytes,
  }).map(({ operation: { template, method, operation }, values, given, type, accept, body }) => {
    const query = new URLSearchParams();
    let path = template;
    for (const [i, { name, in: place }] of (operation.parameters ?? []).entries()) {
      const { isSensible, choice, other } = values[i % values.length]!;
      const sensible = isSensible ? SENSIBLE[name] : undefined;
      const text = (sensible?.[choice % sensible.length] ?? other).toWellFormed();
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(text));
      else if (place === "query" && given[i % given.length]) query.append(name, text);
    }
    const isBodiless = method === "get" || method === "delete";
    return {
      method: method.toUpperCase(),
      template,
      responses: operation.responses,
      path: query.size === 0 ? path : `${path}?${query}`,
      headers: { accept, "content-type": type },
      body: isBodiless ? undefined : new Uint8Array(body),
    };
  });
}

/** What a server may say of itself, rather than of the request. */
const OWN_FAULTS: readonly number[] = [501, 503];

Deno.test("No request that the description suggests, or its opposite, is an internal error", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  for (const name of ["a", "b"]) {
    const url = `${server.url}/_/functions/${name}?lang=wat`;
    await (await fetch(url, { method: "PUT", body: WAT })).body?.cancel();
  }
  const document: Document = await (await fetch(`${server.url}/_/openapi.json`)).json();
  const property = fc.asyncProperty(requests(document), async (sent) => {
    const { method, path, headers, body, responses } = sent;
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(server.url + path, { method, headers, body, signal });
    const text = await response.text();
    const { status } = response;
    // A function that trapped is an answer, too, and has its code.
    const isKnown = /"code":"(?!internal_error)/.test(text) || OWN_FAULTS.includes(status);
    assertEquals(status >= 500 && !isKnown ? text : "", "");
    const isDescribed = [`${status}`, `${status}`[0] + "XX"].some((each) => each in responses);
    // A template filled with what makes another path of it is another page's to describe.
    assertEquals(isDescribed || status === 404 || status === 405 || status === 400, true, text);
  });
  await fc.assert(property, { numRuns: 600, endOnFailure: true });
  assertEquals((await fetch(`${server.url}/_/healthz`)).status, 200);
  assertEquals(/internal_error/.test(server.output()), false, server.output());
});
