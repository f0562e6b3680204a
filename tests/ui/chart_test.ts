/** The dashboard's charts: what is drawn, and what a pointer reads. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { openBrowser } from "./browser.ts";

/** Puts charts of these series, one value a second, on top of an empty page. */
function showCharts(page: Page, columns: readonly (readonly (number | null)[])[]): Promise<void> {
  return page.evaluate(async (columns) => {
    const { LiveChart } = await import(`${location.origin}/_/ui/chart.js`);
    const { Series } = await import(`${location.origin}/_/ui/series.js`);
    const lines = [{ label: "all", colour: "--line-1" }];
    document.body.replaceChildren();
    for (const column of columns) {
      const series = new Series(1);
      column.forEach((value, i) => series.add(1.8e9 + i, [value]));
      const format = (value: number | null) => value === null ? "none" : `${value} units`;
      const chart = new LiveChart({ title: "Chart", lines, format, series });
      chart.element.style.width = "400px";
      document.body.append(chart.element);
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      chart.draw();
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }, columns);
}

async function openEmpty() {
  const folder = await temporaryFolder();
  const server = await startServer(folder.path);
  const browser = await openBrowser(server.url);
  await browser.page.goto("about:blank");
  await browser.page.goto(`${server.url}/_/ui#/locks`);
  await browser.page.getByRole("heading", { name: "Locks and logs" }).waitFor();
  return {
    page: browser.page,
    url: `${server.url}/_/ui`,
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("A call now and then is seen, although a line needs two moments", async () => {
  await using opened = await openEmpty();
  const { page } = opened;
  const coloured = async (values: readonly (number | null)[]) => {
    await showCharts(page, [values]);
    return await page.evaluate(() => {
      const canvas = document.querySelector("canvas")!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let i = 0; i < data.length; i += 4) {
        // --line-1 in light: 2a8fbd.
        if (data[i] === 0x2a && data[i + 1] === 0x8f && data[i + 2] === 0xbd) found++;
      }
      return found;
    });
  };
  assertEquals(await coloured([null, null, null]), 0);
  for (const values of [[5], [null, 5, null], [null, 5, null, 6, null]]) {
    const found = await coloured(values);
    assert(found >= 3, `${found} pixels of ${values}`);
  }
});

Deno.test("A pointer over one chart reads the same moment in all of them, and then the newest again", async () => {
  await using opened = await openEmpty();
  const { page } = opened;
  const seconds = Array.from({ length: 61 }, (_, i) => i);
  await showCharts(page, [seconds, seconds.map((each) => each * 100)]);
  const values = page.locator(".legend .value");
  assertEquals(await values.allTextContents(), ["60 units", "6000 units"]);
  const box = (await page.locator(".u-over").first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.waitForFunction(() => document.querySelector(".moment")?.textContent !== "");
  assertEquals(await values.allTextContents(), ["30 units", "3000 units"]);
  const [one, other] = await page.locator(".moment").allTextContents();
  assertEquals(one, other);
  await page.mouse.move(0, 0);
  await page.waitForFunction(() => document.querySelector(".moment")?.textContent === "");
  assertEquals(await values.allTextContents(), ["60 units", "6000 units"]);
});

Deno.test("An axis is written without zeros that say nothing, and one of nothing has only its zero", async () => {
  await using opened = await openEmpty();
  const { page } = opened;
  await page.addInitScript(() => {
    const { fillText } = CanvasRenderingContext2D.prototype;
    const texts: string[] = [];
    Object.assign(globalThis, { texts });
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
      texts.push(text);
      fillText.call(this, text, ...at);
    };
  });
  await page.goto("about:blank");
  await page.goto(opened.url);
  await page.getByRole("figure", { name: "Latency" }).getByText("p99 –").waitFor();
  await page.waitForFunction(() => (globalThis as unknown as { texts: string[] }).texts.length > 9);
  const texts = await page.evaluate(() => (globalThis as unknown as { texts: string[] }).texts);
  assertEquals([...new Set(texts.filter((text) => !text.includes(":")))], ["0", ""]);
});
