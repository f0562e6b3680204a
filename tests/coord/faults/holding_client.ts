/** A client that appends under a lock, whose lease it renews, until it is told that the lock is lost. */
import { CoordClient } from "../../../runtime/coord/client/coord_client.ts";

const [url, name] = Deno.args;
const client = await CoordClient.init({ url: url!, clientId: name });
if (!client.ok) throw new Error(client.error.message);
const ended = await client.value.withLock("files", async (lock) => {
  for (let n = 0;; n++) {
    const appended = await client.value.appendFile("file_0", `${name} ${n}\n`, lock);
    if (!appended.ok) {
      return { code: appended.error.code, acknowledged: n, knows: lock.signal.aborted };
    }
    if (n === 0) console.log("Holding");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}, { ttlMs: 300 });
console.log(JSON.stringify(ended));
