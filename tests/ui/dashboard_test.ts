/** The dashboard in a real browser, against a real server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { GUESTS, printer } from "../guests/guests.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { writingWat } from "../support/wat_source.ts";
import { openBrowser } from "./browser.ts";

const MAX_WIRE_BYTES = 150 * 1024;
const HOSTILE =
  `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const SPEAKING_WAT = writingWat("spoken", [1, 2]);

async function deploy(page: Page, name: string, source: string, language = "wat") {
  await page.getByRole("link", { name: "Deploy", exact: true }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Language").selectOption(language);
  await page.getByLabel("Source").fill(source);
  await page.getByRole("button", { name: "Deploy" }).click();
}

Deno.test("Deploy by pasting, call, see the answer and the line in the log, roll back", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path, { args: ["--stats-headers"] });
  await using browser = await openBrowser(server.url);
  const { page, complaints } = browser;
  await deploy(page, "speaker", SPEAKING_WAT);
  await page.getByRole("link", { name: "speaker", exact: true }).click();
  await page.getByRole("button", { name: "Call" }).click();
  await page.getByText("200 OK").waitFor();
  assertEquals(await page.locator("pre.body").textContent(), "spoken\n");
  assertMatch(await page.locator(".answer-facts").textContent() ?? "", /fuel 1\d .*inline/);
  await page.getByRole("log").getByText("spoken").waitFor();

  await page.getByRole("link", { name: "Deploy", exact: true }).click();
  await page.getByLabel("Replace a function of this name").check();
  await page.getByLabel("Name", { exact: true }).fill("speaker");
  await page.getByLabel("Language").selectOption("wat");
  await page.getByLabel("Source").fill(SPEAKING_WAT.replace("spoken", "louder"));
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByRole("link", { name: "speaker", exact: true }).click();
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByText(/Version speaker_\d+ serves/).waitFor();
  assertEquals(await (await fetch(`${server.url}/speaker`)).text(), "spoken\n");
  assertEquals(complaints, []);
});

Deno.test("A broken source shows the compiler's messages with their places", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  await deploy(browser.page, "broken", "(module\n  (func (call $missing)))");
  const diagnostic = browser.page.locator(".diagnostics li").first();
  assertMatch(await diagnostic.textContent() ?? "", /broken\.wat:2:\d+ error .*\$missing/);
});

Deno.test("Calls show up in the table and move the charts, and the slow one comes first", async () => {
  await using folder = await temporaryFolder({
    "slow.wasm": await GUESTS.manyHostCalls(),
    "quick.wasm": await printer("quick\n")(),
  });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const rate = page.locator("figure", { hasText: "Requests a second" }).locator(".value").first();
  const row = (text: string) => page.locator("tbody tr", { hasText: text });
  await row("/quick").waitFor();
  const calling = new AbortController();
  const calls = (async () => {
    while (!calling.signal.aborted) {
      for (const path of ["slow", "quick"]) await (await fetch(`${server.url}/${path}`)).text();
    }
  })();
  await page.waitForFunction(
    (element) => Number(element?.textContent ?? "") > 0 || /k/.test(element?.textContent ?? ""),
    await rate.elementHandle(),
  );
  await page.waitForFunction(() =>
    document.querySelector("tbody tr")?.textContent?.startsWith("/slow")
  );
  assert(await page.locator(".plot canvas").first().isVisible());
  calling.abort();
  await calls;
});

Deno.test("Whatever a function writes or is called, it stays text", async () => {
  await using folder = await temporaryFolder({
    "rude.wasm": await printer(HOSTILE)(),
    "<b>odd<b>.wasm": await GUESTS.writeStderr(),
  });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(`${server.url}`);
  const { page, complaints } = browser;
  await page.getByRole("link", { name: "/rude" }).click();
  await page.getByRole("button", { name: "Call" }).click();
  await page.locator("pre.body").waitFor();
  assertEquals(await page.locator("pre.body").textContent(), HOSTILE);
  assertMatch(await page.title(), /rude – Skerry/);
  assertEquals(complaints, []);
});

Deno.test("A server with a token asks for it, and then shows everything", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path, { args: ["--token", "s3cret"] });
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("textbox", { name: "Token" }).fill("wrong");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("textbox", { name: "Token" }).fill("s3cret");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("link", { name: "/quick" }).waitFor();
  const offline = page.getByText("Connection lost");
  assertEquals(await offline.isVisible(), false);
});

Deno.test("Without a mouse: deploy and call by keyboard alone", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const press = async (key: string, times = 1) => {
    for (let i = 0; i < times; i++) await page.keyboard.press(key);
  };
  const tabTo = async (label: string) => {
    for (let i = 0; i < 40; i++) {
      await press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement | null;
        return element?.labels?.[0]?.textContent?.trim() ?? element?.textContent?.trim() ?? "";
      });
      if (focused.startsWith(label)) return;
    }
    throw new Error(`Tab never reaches ${label}`);
  };
  await tabTo("Deploy");
  await press("Enter");
  await page.getByRole("heading", { name: "Deploy" }).waitFor();
  await tabTo("Name");
  await page.keyboard.type("typed");
  await tabTo("Language");
  await page.keyboard.type("WAT");
  await tabTo("Source");
  await page.keyboard.insertText(SPEAKING_WAT);
  await tabTo("Deploy");
  await press("Enter");
  await page.getByText("Deployed").waitFor();
  await tabTo("typed");
  await press("Enter");
  await page.getByRole("heading", { name: "typed" }).waitFor();
  await tabTo("Call");
  await press("Enter");
  await page.getByText("200 OK").waitFor();
});

Deno.test("Routes are set and deleted, and a wrong one says why", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("link", { name: "Routes" }).click();
  await page.getByLabel("Method and path").fill("GET:/fast");
  await page.getByLabel("Value (JSON)").fill("{broken");
  await page.getByRole("button", { name: "Set" }).click();
  await page.getByRole("alert").getByText("invalid_config").waitFor();
  await page.getByLabel("Value (JSON)").fill('{"runtime":"wasm","module":"quick.wasm"}');
  await page.getByRole("button", { name: "Set" }).click();
  await page.locator("tbody tr", { hasText: "GET:/fast" }).waitFor();
  assertEquals(await (await fetch(`${server.url}/fast`)).text(), "quick\n");
  await page.getByRole("button", { name: "Delete GET:/fast" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No rows").waitFor();
});

Deno.test("Locks show holder and token, and a log's tail follows", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  const post = async (path: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return await (await fetch(`${server.url}/_/${path}`, init)).json();
  };
  await post("sessions/init", { client_id: "ann" });
  const { token } = await post("locks/files/acquire", {
    client_id: "ann",
    seq: 1,
    ttl_ms: 60_000,
  });
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("link", { name: "Locks and logs" }).click();
  await page.locator("tbody tr", { hasText: "ann" }).getByText(String(token)).first().waitFor();
  await page.getByLabel("Show empty ones").check();
  await page.getByRole("link", { name: "file_0", exact: true }).click();
  await page.getByText("No records yet").waitFor();
  const record = { client_id: "ann", seq: 2, lock: "files", token, data: HOSTILE };
  await post("logs/file_0/append", record);
  await page.getByRole("log").getByText("onerror").waitFor();
  assertMatch(await page.title(), /file_0/);
});

Deno.test("It is small, fits a phone, and complains about nothing", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path);
  for (const colorScheme of ["light", "dark"] as const) {
    await using browser = await openBrowser(server.url, { width: 360, colorScheme });
    const { page, complaints, wireBytes } = browser;
    await page.getByRole("link", { name: "/quick" }).waitFor();
    for (const hash of ["#/", "#/deploy", "#/routes", "#/locks", "#/functions/quick"]) {
      await page.goto(`${server.url}/_/ui${hash}`);
      await page.getByRole("heading").first().waitFor();
      await page.getByText("Loading…").first().waitFor({ state: "detached" });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assertEquals([hash, width <= 360], [hash, true]);
    }
    assert(wireBytes() < MAX_WIRE_BYTES, `${wireBytes()} bytes`);
    assertEquals(complaints, []);
  }
});

Deno.test("When the server stops and comes back, the page goes on by itself", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using data = await temporaryFolder();
  const first = await startServer(folder.path, { data: data.path });
  const port = new URL(first.url).port;
  await using browser = await openBrowser(first.url);
  const { page, complaints } = browser;
  await page.getByRole("link", { name: "/quick" }).waitFor();
  await first[Symbol.asyncDispose]();
  await page.getByText("Connection lost").waitFor();
  await using _second = await startServer(folder.path, { data: data.path, args: ["--port", port] });
  await page.waitForFunction(() => document.getElementById("connection")?.textContent === "");
  // Each failed attempt is one line, and there are fewer and fewer of them.
  assert(complaints.length < 25, `${complaints.length} complaints: ${complaints[0]}`);
});

Deno.test("A token that is not accepted any more is asked for again, and Escape is no dead end", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path, { args: ["--token", "s3cret"] });
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const enter = async (token: string) => {
    await page.getByRole("textbox", { name: "Token" }).fill(token);
    await page.getByRole("button", { name: "Go on" }).click();
  };
  await enter("s3cret");
  await page.getByRole("link", { name: "/quick" }).waitFor();
  await page.evaluate(() => sessionStorage.setItem("skerry-token", "expired"));
  await page.getByRole("heading", { name: "does not accept the token" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Enter a token" }).click();
  await enter("s3cret");
  await page.getByRole("link", { name: "/quick" }).waitFor();
});

Deno.test("A file that is dropped anywhere on the page is deployed with its name and language", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("link", { name: "Deploy", exact: true }).click();
  await page.getByRole("heading", { name: "Deploy" }).waitFor();
  const dropped = await page.evaluateHandle((source) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([source], "my speaker.wat"));
    return transfer;
  }, SPEAKING_WAT);
  await page.dispatchEvent("header", "drop", { dataTransfer: dropped });
  await page.getByText("Took my speaker.wat").waitFor();
  assertEquals(await page.getByLabel("Name", { exact: true }).inputValue(), "my-speaker");
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByText("Deployed").waitFor();
  assertEquals(await (await fetch(`${server.url}/my-speaker`)).text(), "spoken\n");
});

Deno.test("Ten thousand records in a log: the page keeps the newest, in order", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const kept = await page.evaluate(async () => {
    const { Tail } = await import(`${location.origin}/_/ui/tail.js`);
    const entry = (text: string) =>
      Object.assign(document.createElement("li"), { textContent: text });
    const tail = new Tail({ label: "Log", empty: "Nothing", max: 300, entry });
    document.body.append(tail.element);
    for (let i = 0; i < 10_000; i++) tail.add(String(i));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const list = tail.element.querySelector("ol");
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    return { count: list.childElementCount, last: list.lastChild.textContent, isAtEnd };
  });
  assertEquals(kept, { count: 300, last: "9999", isAtEnd: true });
});

Deno.test("A name that is very long moves nothing out of sight", async () => {
  const long = `مرحبا-${"very-long-name-".repeat(12)}`;
  await using folder = await temporaryFolder({ [`${long}.wasm`]: await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("link", { name: long }).waitFor();
  const box = await page.getByRole("columnheader", { name: "p99" }).boundingBox();
  assert(box!.x + box!.width < 1280, `p99 ends at ${box!.x + box!.width}`);
  await page.getByRole("link", { name: long }).click();
  await page.getByRole("heading", { name: long }).waitFor();
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});
