import { assertEquals } from "@std/assert";
import { responseBySetting, responseFromRecord } from "./new_response.ts";

for (const newResponse of [responseFromRecord, responseBySetting]) {
  Deno.test(`${newResponse.name} keeps body, status and headers`, async () => {
    const response = newResponse(new TextEncoder().encode("hi"), 201, {
      "content-type": "text/css",
      "x-a": "1",
    });
    assertEquals(response.status, 201);
    assertEquals([...response.headers], [["content-type", "text/css"], ["x-a", "1"]]);
    assertEquals(await response.text(), "hi");
  });
}
