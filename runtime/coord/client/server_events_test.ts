import { assertEquals } from "@std/assert";
import { serverEvents } from "./server_events.ts";

async function eventsOf(...pieces: string[]) {
  const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
  return await Array.fromAsync(serverEvents(body));
}

Deno.test("Events are read whole, however they are cut into pieces", async () => {
  const text = "event: entry\nid: 7\ndata: grüße\n\n: heartbeat\n\ndata: a\ndata: b\n\n";
  const expected = [
    { event: "entry", id: "7", data: "grüße" },
    { event: "message", id: undefined, data: "a\nb" },
  ];
  assertEquals(await eventsOf(text), expected);
  assertEquals(await eventsOf(...text), expected);
});

Deno.test("An event that was not sent to its end is none", async () => {
  assertEquals(await eventsOf("data: whole\n\ndata: ha"), [
    { event: "message", id: undefined, data: "whole" },
  ]);
});
