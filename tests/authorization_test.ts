/** Who sees a request's `Authorization`: handlers in their request, and no environment. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

/** With a letter beyond ASCII, which a header carries as bytes of UTF-8. */
const HEADER = "Bearer käse=s3cret";
const HEADER_BYTES = String.fromCharCode(...new TextEncoder().encode(HEADER));

/** Each answers with the header of its request, and then with all of its environment. */
const HANDLERS = {
  "handler.js": `export default (request, env) => new Response(
  request.headers.get("authorization") + "\\n" + JSON.stringify({ ...env, ...process.env }));`,
  "late.ts": `const all = JSON.stringify(process.env);
export default (request: Request) =>
  new Response(request.headers.get("Authorization") + "\\n" + all);`,
  "python.py": `import json, os, posix
def handler(request):
    names = [*request.env.items(), *os.environ.items(), *posix.environ.items()]
    return f"{request.headers.get('Authorization')}\\n{names}"
`,
};

/** Each answers with all of its environment. */
const SCRIPTS = {
  "script.js": `console.log(JSON.stringify(process.env));`,
  "main.py": `import os, posix\nprint(dict(os.environ), posix.environ)`,
  "page.php": `<?= json_encode([$_SERVER, getenv()]);`,
  "program.c": `#include <stdio.h>
extern char **environ;
int main(void) { for (char **each = environ; *each; each++) puts(*each); }`,
};

/** Logs the object that wasm-workers-server's functions are given. */
const JSON_PROGRAM = `#include <stdio.h>
int main(void) {
  for (int c; (c = getchar()) != EOF;) fputc(c, stderr);
  fputs("{\\"data\\":\\"\\"}", stdout);
}
`;

function answersOf(url: string, files: Readonly<Record<string, string>>, init: RequestInit) {
  return Promise.all(
    Object.keys(files).map(async (file) => {
      const response = await fetch(`${url}/${file.split(".")[0]}`, init);
      assertEquals([file, response.status], [file, 200]);
      return [file, await response.text()] as const;
    }),
  );
}

Deno.test("Handlers have the header in their request, and nobody has it in the environment", async () => {
  await using folder = await temporaryFolder({ ...HANDLERS, ...SCRIPTS });
  await using server = await startServer(folder.path);
  const headers = { authorization: HEADER_BYTES, "x-other": "seen" };
  for (const [file, text] of await answersOf(server.url, HANDLERS, { headers })) {
    const [header, ...environment] = text.split("\n");
    assertEquals([file, header], [file, HEADER]);
    expectOther(file, environment.join("\n"));
  }
  for (const [file, text] of await answersOf(server.url, SCRIPTS, { headers })) {
    expectOther(file, text);
  }
  for (const [file, text] of await answersOf(server.url, HANDLERS, {})) {
    const nothing = file === "python.py" ? "None" : "null";
    assertEquals([file, text.split("\n")[0]], [file, nothing]);
  }
});

/** Of the request's headers an environment has the other one, and no trace of this. */
function expectOther(file: string, environment: string): void {
  assertStringIncludes(environment, "HTTP_X_OTHER");
  assertEquals([file, /s3cret|AUTHORIZATION/.test(environment)], [file, false]);
}

Deno.test("What authorises /invoke is the server's, and no function sees it", async () => {
  await using folder = await temporaryFolder({
    "handler.js": HANDLERS["handler.js"],
    "json.c": JSON_PROGRAM,
    "json.toml": `abi = "json"`,
  });
  await using server = await startServer(folder.path, { args: ["--token", "s3cret"] });
  const init = { method: "POST", headers: { authorization: "Bearer s3cret", "x-other": "seen" } };
  const called = await fetch(`${server.url}/invoke?fn=handler`, init);
  const { output } = await called.json();
  assertEquals(output.split("\n")[0], "null");
  expectOther("handler.js", output);
  await (await fetch(`${server.url}/invoke?fn=json`, init)).body?.cancel();
  await server.printed("x-other");
  assertEquals(server.output().includes("s3cret"), false);
});
