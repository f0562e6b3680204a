import { assertEquals } from "@std/assert";
import { RequestIds } from "./request_id.ts";

function requestWith(id: string): Request {
  return new Request("http://h/", { headers: { "x-request-id": id } });
}

Deno.test("a client's own plain id is kept", () => {
  const ids = new RequestIds(() => 0);
  for (const id of ["a", "9f.b:c-d_e", "x".repeat(128)]) assertEquals(ids.of(requestWith(id)), id);
});

Deno.test("ids that are empty, too long or not plain are replaced", () => {
  const ids = new RequestIds(() => 0.5);
  const given = ["", "x".repeat(129), "a b", "a,b", "é", "<script>"];
  assertEquals(
    given.map((id) => ids.of(requestWith(id))).join(" "),
    [
      "i0000000-1 i0000000-2 i0000000-3 i0000000-4 i0000000-5 i0000000-6",
    ].join(" "),
  );
});

Deno.test("the prefix is eight characters, whatever chance gives", () => {
  for (const random of [0, 1e-12, 0.999999999999]) {
    const id = new RequestIds(() => random).of(new Request("http://h/"));
    assertEquals(/^[0-9a-z]{8}-1$/.test(id), true);
  }
});
