/** The dashboard's tables: many rows, rows that must not move, what is there when one comes back. */
import { assert, assertEquals } from "@std/assert";
import { printer } from "../guests/guests.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { openBrowser } from "./browser.ts";

Deno.test("Of 600 functions the first 250 are shown, any is found, and all can be had", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 600 }, (_, i) => [`f${String(i).padStart(3, "0")}.html`, `<p>${i}</p>`]),
  );
  await using folder = await temporaryFolder(files);
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page, complaints } = browser;
  const rows = page.getByRole("region", { name: "Functions" }).locator("tbody tr");
  await page.getByText("The first 250 of 600").waitFor();
  assertEquals(await rows.count(), 250);
  await page.getByLabel("Find").fill("F599");
  await page.getByRole("link", { name: "/f599" }).waitFor();
  assertEquals(await rows.count(), 1);
  await page.getByLabel("Find").fill("nothing like it");
  await page.getByText('No function with "nothing like it" in its name').waitFor();
  await page.getByLabel("Find").fill("");
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("link", { name: "/f599" }).waitFor();
  assertEquals(await rows.count(), 600);
  assertEquals(complaints, []);
});

Deno.test("Without a function, the page says how to get one", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("link", { name: "Deploy one" }).click();
  await page.getByRole("heading", { name: "Deploy" }).waitFor();
});

Deno.test("Who comes back finds the table as it was left: searched, sorted, and at its place", async () => {
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`page${i}.html`, "<p>"]));
  await using folder = await temporaryFolder(files);
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const state = () =>
    page.evaluate(() => ({
      y: scrollY,
      find: document.querySelector<HTMLInputElement>("[type=search]")?.value,
      sorted: document.querySelector("[aria-sort]")?.textContent,
    }));
  await page.getByRole("button", { name: "Function" }).click();
  await page.getByLabel("Find").fill("page1");
  await page.getByRole("link", { name: "/page119" }).scrollIntoViewIfNeeded();
  await page.waitForFunction(() => history.state?.y === scrollY && scrollY > 0);
  const before = await state();
  assertEquals([before.find, before.sorted], ["page1", "Function"]);
  await page.getByRole("link", { name: "/page119" }).click();
  await page.getByRole("heading", { name: "page119" }).waitFor();
  assertEquals(await page.evaluate(() => scrollY), 0);
  await page.goBack();
  await page.getByRole("link", { name: "/page119" }).waitFor();
  await page.waitForFunction((y) => scrollY === y, before.y);
  assertEquals(await state(), before);
});

Deno.test("A row that has the focus stays where it is until the focus goes", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const orders = await browser.page.evaluate(async () => {
    const { SortedTable } = await import(`${location.origin}/_/ui/table.js`);
    const cell = ({ name }: { name: string }) =>
      Object.assign(document.createElement("a"), { href: "#/", textContent: name });
    const table = new SortedTable({
      caption: "Names",
      key: ({ name }: { name: string }) => name,
      sort: { column: 1, isDescending: true },
      empty: () => "None",
      columns: [
        { title: "Name", value: ({ name }: { name: string }) => name, cell },
        { title: "Number", value: ({ n }: { n: number }) => n, isNumber: true },
      ],
    });
    document.body.append(table.element);
    const body: HTMLElement = table.element.querySelector("tbody");
    const order = () =>
      [...body.querySelectorAll("a")].map(({ textContent }) => textContent).join();
    const orders: string[] = [];
    const update = (numbers: Record<string, number>) => {
      table.update(Object.entries(numbers).map(([name, n]) => ({ name, n })));
      orders.push(order());
    };
    update({ a: 3, b: 2, c: 1 });
    body.querySelectorAll("a")[1]!.focus();
    update({ a: 1, b: 2, c: 3, d: 9 });
    orders.push(document.activeElement!.textContent!);
    (document.activeElement as HTMLElement).blur();
    update({ a: 1, b: 2, c: 3, d: 9 });
    return orders;
  });
  assertEquals(orders, ["a,b,c", "a,b,c,d", "b", "d,c,b,a"]);
});

Deno.test("The columns of a wide table scroll on a phone, and the names stay", async () => {
  const name = `${"long-".repeat(30)}end`;
  await using folder = await temporaryFolder({ [`${name}.wasm`]: await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url, { width: 360 });
  const { page } = browser;
  const link = page.getByRole("link", { name });
  await link.waitFor();
  const before = await link.boundingBox();
  await page.getByRole("columnheader", { name: "Fuel a call" }).scrollIntoViewIfNeeded();
  const after = await link.boundingBox();
  assertEquals(after!.x, before!.x);
  assert(before!.x + before!.width < 160, `the name takes ${before!.width} pixels`);
});

Deno.test("Functions at one path have a page for each method, and name one another", async () => {
  await using folder = await temporaryFolder({
    "quick.wasm": await printer("of the folder\n")(),
    "other.wasm": await printer("of the table\n")(),
  });
  await using server = await startServer(folder.path);
  for (const method of ["GET", "POST"]) {
    const key = encodeURIComponent(`${method}:/quick`);
    const body = '{"runtime":"wasm","module":"other.wasm"}';
    await (await fetch(`${server.url}/_/routes/${key}`, { method: "PUT", body })).body?.cancel();
  }
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("link", { name: "GET /quick" }).click();
  await page.getByRole("heading", { name: "GET:/quick" }).waitFor();
  const others = page.locator("dl.facts div", { hasText: "Also at this path" });
  await others.getByText("the functions folder: quick.wasm").waitFor();
  await others.getByRole("link", { name: "POST" }).click();
  await page.getByRole("heading", { name: "POST:/quick" }).waitFor();
  await others.getByRole("link", { name: "GET" }).waitFor();
});
