/** The dashboard without a mouse, by ear, in print, and for who wants little motion. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { printer } from "../guests/guests.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { openBrowser } from "./browser.ts";

const PAGES = ["#/", "#/functions/deployed", "#/deploy", "#/routes", "#/locks"];
/** More often than any page has stops. */
const MAX_TABS = 60;

/** A server with something on every page. */
async function furnished() {
  const folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  const server = await startServer(folder.path);
  const send = async (path: string, method: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const init = { method, headers, body: JSON.stringify(body) };
    await (await fetch(`${server.url}/_/${path}`, init)).body?.cancel();
  };
  const wat = { name: "deployed", lang: "wat", code: '(module (func (export "_start")))' };
  await send("functions", "POST", wat);
  await send("functions", "POST", { ...wat, replace: true, code: `${wat.code} ` });
  const route = { runtime: "wasm", module: "quick.wasm" };
  await send(`routes/${encodeURIComponent("GET:/fast")}`, "PUT", route);
  await send("sessions/init", "POST", { client_id: "ann" });
  await send("locks/files/acquire", "POST", { client_id: "ann", seq: 1, ttl_ms: 60_000 });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function goTo(page: Page, url: string, hash: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${url}/_/ui${hash}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByText("Loading…").first().waitFor({ state: "detached" });
}

/** Presses Tab until the focus comes round, and tells of every stop. */
async function tabThrough(page: Page) {
  const stops: { name: string; isMarked: boolean; isInView: boolean; order: number }[] = [];
  for (let i = 0; i < MAX_TABS; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return {
        name: `${element.tagName} ${element.textContent?.trim().slice(0, 30)}`,
        isMarked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
        isInView: box.width > 0 && box.left < innerWidth && box.right > 0 && box.top < innerHeight,
        order: [...document.querySelectorAll("*")].indexOf(element),
      };
    });
    if (stop === undefined || stop.order === stops[0]?.order) return stops;
    stops.push(stop);
  }
  throw new Error(`The focus is caught: ${stops.at(-1)?.name}`);
}

Deno.test("Tab goes through every page in reading order, and each stop is marked", async (t) => {
  await using server = await furnished();
  for (const colorScheme of ["light", "dark"] as const) {
    await using browser = await openBrowser(server.url, { colorScheme });
    const { page } = browser;
    for (const hash of PAGES) {
      await t.step(`${colorScheme}: ${hash}`, async () => {
        await goTo(page, server.url, hash);
        const stops = await tabThrough(page);
        assert(stops.length > 6, `${stops.length} stops`);
        assertEquals(stops.filter(({ isMarked, isInView }) => !isMarked || !isInView), []);
        assertEquals(
          stops.map(({ order }) => order),
          stops.map(({ order }) => order).toSorted((a, b) => a - b),
        );
      });
    }
  }
});

Deno.test("Whatever can be used, or is a region, has a name to be read out", async (t) => {
  await using server = await furnished();
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const session = await page.context().newCDPSession(page);
  const named = [
    ..."button link textbox searchbox combobox checkbox table region log navigation".split(" "),
    ..."columnheader dialog alertdialog heading figure DisclosureTriangle".split(" "),
  ];
  for (const hash of PAGES) {
    await t.step(hash, async () => {
      await goTo(page, server.url, hash);
      const { nodes } = await session.send("Accessibility.getFullAXTree");
      const seen = nodes.filter(({ ignored, role }) => !ignored && named.includes(role?.value));
      assert(seen.length > 10, `${seen.length} nodes`);
      const nameless = seen.filter(({ name }) => !String(name?.value ?? "").trim());
      assertEquals(nameless.map(({ role }) => role?.value), []);
    });
    await t.step(`${hash}: no two buttons of one name`, async () => {
      const { nodes } = await session.send("Accessibility.getFullAXTree");
      const buttons = nodes.filter(({ role }) => role?.value === "button");
      const names = buttons.map(({ name }) => name?.value).filter((each) => each !== "Choose File");
      // Columns of several tables may be called the same.
      const actions = names.filter((name) => /Delete|Edit|Roll back/.test(name));
      assertEquals(actions, [...new Set(actions)]);
    });
  }
});

Deno.test("A busy server is not read out: nothing live changes by itself", async () => {
  await using folder = await temporaryFolder({
    "noisy.js": `export default { fetch() { console.error("line"); return new Response("x"); } };`,
  });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const call = async () => await (await fetch(`${server.url}/noisy`)).text();
  await call();
  for (const hash of ["#/", "#/functions/noisy", "#/locks"]) {
    await goTo(page, server.url, hash);
    await page.evaluate(() => {
      const heard: string[] = [];
      const silent = '[aria-live="off"], [role="log"][aria-live="off"]';
      const live =
        '[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"], [role="log"]';
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const element = target instanceof Element ? target : target.parentElement;
          const region = element?.closest(live);
          if (region && !region.matches(silent)) heard.push(region.outerHTML);
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
      Object.assign(globalThis, { heard });
    });
    const shown = page.locator(hash === "#/functions/noisy" ? ".log li" : "main").first();
    for (let i = 0; i < 10; i++) await call();
    await shown.waitFor();
    // Two seconds of statistics have come when the chart has two points more.
    if (hash === "#/") await page.getByRole("figure").getByText(/all [1-9]/).waitFor();
    const heard = await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
    assertEquals([hash, heard], [hash, []]);
  }
});

Deno.test("What cannot be taken back is asked for, Escape and Enter keep it, and the focus returns", async () => {
  await using server = await furnished();
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await goTo(page, server.url, "#/functions/deployed");
  const opener = page.getByRole("button", { name: "Remove…" });
  const dialog = page.getByRole("alertdialog");
  for (const key of ["Escape", "Enter"]) {
    await opener.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    assertEquals(await dialog.textContent(), "Remove deployed with all of its versions?KeepRemove");
    await page.keyboard.press(key);
    await dialog.waitFor({ state: "detached" });
    assert(await opener.evaluate((element) => element === document.activeElement), key);
  }
  await opener.click();
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
  await page.goForward();
  await opener.click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await page.getByText("Removed deployed").waitFor();
  assertEquals((await fetch(`${server.url}/deployed`)).status, 404);
});

Deno.test("Skipping to the content, and loading that address again, shows the content", async () => {
  await using server = await furnished();
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await goTo(page, server.url, "#/routes");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assertEquals(await page.evaluate(() => document.activeElement?.id), "content");
  assertEquals(new URL(page.url()).hash, "#/routes");
  await goTo(page, server.url, "#content");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
});

Deno.test("Who wants little motion gets a chart every few seconds, and nothing glides", async () => {
  await using server = await furnished();
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const drawn: number[] = [];
  for (const reducedMotion of ["no-preference", "reduce"] as const) {
    await page.emulateMedia({ reducedMotion });
    await goTo(page, server.url, "#/locks");
    drawn.push(await page.evaluate(drawTenTimes));
    const moving = await page.evaluate(() =>
      document.getAnimations().filter(({ effect }) =>
        Number(effect?.getComputedTiming().duration) > 0
      ).length
    );
    assertEquals(moving, 0);
  }
  assertEquals(drawn, [10, 1]);
});

/** Runs in the page: how often ten seconds of a chart are painted. */
async function drawTenTimes(): Promise<number> {
  const { LiveChart } = await import(`${location.origin}/_/ui/chart.js`);
  const { Series } = await import(`${location.origin}/_/ui/series.js`);
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const lines = [{ label: "all", colour: "--line-1" }];
  const series = new Series(1);
  const chart = new LiveChart({ title: "Chart", lines, format: String, series });
  document.body.append(chart.element);
  await frame();
  await frame();
  let painted = 0;
  const { prototype } = CanvasRenderingContext2D;
  const { clearRect } = prototype;
  prototype.clearRect = function (...box) {
    painted++;
    clearRect.apply(this, box);
  };
  for (let second = 0; second < 10; second++) {
    series.add(1e9 + second, [second]);
    chart.draw();
    await frame();
  }
  prototype.clearRect = clearRect;
  chart.destroy();
  chart.element.remove();
  return painted;
}

Deno.test("In print there is what was read and nothing to press, dark on light, to the end of a log", async () => {
  await using server = await furnished();
  await using browser = await openBrowser(server.url, { colorScheme: "dark" });
  const { page } = browser;
  await goTo(page, server.url, "#/functions/deployed");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assertEquals(await page.locator("header").isVisible(), false);
  assertEquals(await page.getByRole("button").filter({ visible: true }).count(), 0);
  assertEquals(await page.getByText("Requests a second").isVisible(), true);
  const ink = await page.evaluate(() => getComputedStyle(document.body).color);
  assertEquals(ink, "rgb(21, 37, 43)");
  const height = await page.locator("pre.source").evaluate((each) =>
    getComputedStyle(each).maxHeight
  );
  assertEquals(height, "none");
});
