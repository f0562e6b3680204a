import { connection, hasToken, isPassing, setToken, unauthorized } from "./api.js";
import { fill, forgetOldNews, forgetProblem, h } from "./dom.js";
import { isPaused, setPaused } from "./pausing.js";
import { pause, retryMs } from "./poll.js";
import { timeOfDay } from "./format.js";
import { problemBlock } from "./problems.js";
import { deployPage } from "./pages/deploy.js";
import { functionPage } from "./pages/function.js";
import { locksPage, logPage } from "./pages/locks.js";
import { overviewPage } from "./pages/overview.js";
import { routesPage } from "./pages/routes.js";

/** Pages by the first part of the address after `#/`; the second part is their parameter. */
const PAGES = {
  "": { show: overviewPage, title: "Overview" },
  functions: { show: functionPage, title: "Function", nav: "" },
  deploy: { show: deployPage, title: "Deploy" },
  routes: { show: routesPage, title: "Routes" },
  locks: { show: locksPage, title: "Locks and logs" },
  logs: { show: logPage, title: "Log", nav: "locks" },
};

const main = document.getElementById("content");
let leave = new AbortController();
let isFirst = true;

/** Shows the page of the address; what the last one was doing ends. */
async function show() {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const [name = "", parameter = ""] = location.hash.slice(2).split("/").map(decodeSafely);
  const page = PAGES[name] ?? PAGES[""];
  document.title = `${parameter || page.title} – Skerry`;
  markCurrent(page.nav ?? name);
  forgetOldNews();
  const root = h("div");
  fill(main, root);
  // Whoever reads by ear or keyboard goes on at the new page, not where the old one was.
  if (!isFirst) main.focus();
  isFirst = false;
  // Whoever comes back finds the place again.
  const { y = 0 } = history.state ?? {};
  scrollTo(0, y);
  await fillPage(root, page, { signal, parameter });
  if (!signal.aborted && scrollY < y) scrollTo(0, y);
}

/** Tries again where the server did not answer. */
async function fillPage(root, page, { signal, parameter }) {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      return await page.show(root, { signal, parameter });
    } catch (thrown) {
      if (signal.aborted) return;
      fill(root, h("h1", {}, parameter || page.title), problemBlock(thrown), wayBack());
      if (!isPassing(thrown)) return;
      await pause(retryMs(failures), signal);
    }
  }
}

function wayBack() {
  return h("p", {}, h("a", { href: "#/" }, "To the overview"));
}

function decodeSafely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function markCurrent(name) {
  for (const link of document.querySelectorAll("header nav a")) {
    const isCurrent = link.getAttribute("href") === `#/${name}`;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

const login = document.getElementById("login");
const api = document.getElementById("api");

login.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  setToken(new FormData(event.target).get("token"));
  event.target.reset();
  login.close();
  show();
});

login.addEventListener("cancel", () => {
  const again = h("button", { type: "button", class: "primary", onclick: () => login.showModal() });
  fill(main, h("h1", {}, "Nothing to see without a token"), fill(again, "Enter a token"));
});

unauthorized.addEventListener("unauthorized", () => {
  leave.abort();
  api.hidden = true;
  const title = hasToken() ? "This server does not accept the token" : "This server wants a token";
  document.getElementById("login-title").textContent = title;
  if (!login.open) login.showModal();
});

connection.addEventListener("change", ({ detail: isConnected }) => {
  const since = timeOfDay(new Date().toISOString());
  const lost = `Connection lost at ${since}, trying again`;
  document.getElementById("connection").textContent = isConnected ? "" : lost;
  if (isConnected) forgetProblem();
});

document.getElementById("pause").addEventListener("click", ({ currentTarget }) => {
  setPaused(!isPaused());
  currentTarget.setAttribute("aria-pressed", String(isPaused()));
});

document.querySelector(".skip").addEventListener("click", (event) => {
  // As an address it would lead to another page of this one.
  event.preventDefault();
  main.focus();
});

history.scrollRestoration = "manual";
addEventListener("scrollend", () => history.replaceState({ y: scrollY }, ""));
addEventListener("hashchange", show);
// A link cannot send the token along.
if (hasToken()) api.hidden = true;
show();
