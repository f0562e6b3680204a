/** Server-sent events by `fetch`: the browser's own `EventSource` cannot send a token. */

/**
 * Splits a stream of text into its events.
 *
 * @param {AsyncIterable<string>} texts
 * @returns {AsyncGenerator<{event: string, id: string, data: string}>}
 */
export async function* readEvents(texts) {
  let rest = "";
  for await (const text of texts) {
    rest = (rest + text).replaceAll("\r\n", "\n");
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = readEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

function readEvent(block) {
  const event = { event: "message", id: "", data: "" };
  const data = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    // A comment; it only keeps the connection.
    if (colon === 0) continue;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event" || name === "id") event[name] = value;
  }
  return data.length === 0 ? undefined : { ...event, data: data.join("\n") };
}
