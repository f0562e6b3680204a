import { assertEquals } from "@std/assert";
import { ManagementClient } from "./management_client.ts";

/** A client of a server that answers everything so; and what it was asked. */
function client(answer: () => Response | Error, token?: string) {
  const asked: Request[] = [];
  const fetcher = (input: RequestInfo | URL, init?: RequestInit) => {
    asked.push(new Request(input, init));
    const given = answer();
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
  };
  return { asked, client: new ManagementClient({ url: "http://h:1", token }, fetcher) };
}

async function errorOf(answer: () => Response | Error) {
  const result = await client(answer).client.json("functions");
  return result.ok ? undefined : result.error;
}

Deno.test("A request carries the token, the query and the body", async () => {
  const { asked, client: server } = client(() => Response.json({ fine: true }), "secret");
  const query = { name: "a b", lang: "c", replace: undefined };
  const answered = await server.json("functions", { method: "POST", query, body: "source" });
  assertEquals(answered, { ok: true, value: { fine: true } });
  const [request] = asked;
  assertEquals(request!.url, "http://h:1/_/functions?name=a+b&lang=c");
  assertEquals(request!.headers.get("authorization"), "Bearer secret");
  assertEquals([request!.method, await request!.text()], ["POST", "source"]);
});

Deno.test("An answer without a body is a success", async () => {
  const { client: server } = client(() => new Response(null, { status: 204 }));
  assertEquals(await server.json("functions/x", { method: "DELETE" }), {
    ok: true,
    value: undefined,
  });
});

Deno.test("A problem document is an error with the next step, and what a compiler said", async () => {
  const diagnostics = [{ severity: "error", message: "no" }];
  const body = { code: "name_taken", detail: "Cannot deploy x: it is taken", request_id: "r-1" };
  assertEquals(
    await errorOf(() => Response.json({ ...body, diagnostics }, { status: 409 })),
    {
      code: "name_taken",
      message: "Cannot deploy x: it is taken; --replace deploys a new version of it",
      requestId: "r-1",
      diagnostics,
      status: 409,
    } as never,
  );
  const elsewhere = await errorOf(() =>
    Response.json({ ...body, served_by: "x.wasm" }, { status: 409 })
  );
  assertEquals(elsewhere?.message, "Cannot deploy x: it is taken; choose another name with --name");
  const small = { ok: false, code: "bad_request", error: "Cannot run x" };
  const error = await errorOf(() => Response.json(small, { status: 400 }));
  assertEquals([error?.code, error?.message], ["bad_request", "Cannot run x"]);
});

Deno.test("What is no Skerry server is told", async () => {
  for (const status of [200, 404]) {
    const error = await errorOf(() =>
      new Response("<h1>nginx</h1>", { status, headers: { "content-type": "text/html" } })
    );
    assertEquals(error?.code, "bad_answer");
    assertEquals(error?.message.endsWith("is this a Skerry server?"), true);
  }
});

Deno.test("No answer says how to start a server, as each runtime puts it", async () => {
  const node = new TypeError("fetch failed", {
    cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
  });
  const deno = new TypeError("error sending request: Connection refused (os error 111)");
  for (const thrown of [node, deno]) {
    const error = await errorOf(() => thrown);
    assertEquals(
      error?.message,
      "Cannot reach http://h:1: no server listens there; start one with: skerry serve, or name another with --url",
    );
  }
});
