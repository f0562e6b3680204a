import { assertEquals, assertRejects } from "@std/assert";
import { HttpConnection, wireRequest } from "./http_client.ts";

async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  await use(`http://127.0.0.1:${server.addr.port}`);
  await server.shutdown();
}

Deno.test("requests follow one another on one connection", async () => {
  const peers = new Set<number>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr }) => {
      peers.add(remoteAddr.port);
      return new Response(new URL(request.url).search, { status: 201 });
    },
  );
  const address = `http://127.0.0.1:${server.addr.port}/a?b=1`;
  const request = wireRequest(address);
  {
    using connection = await HttpConnection.open(request.url);
    for (let i = 0; i < 3; i++) {
      const { status, body } = await connection.send(request);
      assertEquals([status, new TextDecoder().decode(body)], [201, "?b=1"]);
    }
  }
  await server.shutdown();
  assertEquals(peers.size, 1);
});

Deno.test("a body larger than any buffer comes back whole", async () => {
  const sent = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  await withServer(async (request) => new Response(await request.bytes()), async (url) => {
    const request = wireRequest(url, sent);
    using connection = await HttpConnection.open(request.url);
    const { status, body } = await connection.send(request);
    assertEquals(status, 200);
    assertEquals(body.length, sent.length);
    assertEquals(body.every((byte, index) => byte === sent[index]), true);
  });
});

Deno.test("an empty body is an answer", async () => {
  await withServer(() => new Response(null, { status: 404 }), async (url) => {
    const request = wireRequest(url);
    using connection = await HttpConnection.open(request.url);
    const { status, body } = await connection.send(request);
    assertEquals([status, body.length], [404, 0]);
  });
});

Deno.test("a server that hangs up half-way is an error", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then(async (connection) => {
    await connection.read(new Uint8Array(1024));
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Le"));
    connection.close();
  });
  const request = wireRequest(`http://127.0.0.1:${listener.addr.port}/`);
  {
    using connection = await HttpConnection.open(request.url);
    await assertRejects(() => connection.send(request), Error, "the server closed the connection");
  }
  await served;
  listener.close();
});
