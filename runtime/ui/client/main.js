import { setToken, unauthorized } from "./api.js";
import { fill, forgetProblem, h } from "./dom.js";
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

/** Shows the page of the address; what the last one was doing ends. */
async function show() {
  // The link that skips to the content is no page.
  if (location.hash !== "" && !location.hash.startsWith("#/")) return;
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const [name = "", parameter = ""] = location.hash.slice(2).split("/").map(decodeSafely);
  const page = PAGES[name] ?? PAGES[""];
  document.title = `${parameter || page.title} – Skerry`;
  markCurrent(page.nav ?? name);
  // What was done on the page before may still be worth reading; what went wrong there is not.
  forgetProblem();
  const root = h("div");
  fill(main, root);
  main.scrollTop = 0;
  try {
    await page.show(root, { signal, parameter });
  } catch (thrown) {
    if (!signal.aborted) fill(root, h("h1", {}, parameter || page.title), problemBlock(thrown));
  }
}

function decodeSafely(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function markCurrent(name) {
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.getAttribute("href") === `#/${name}`;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

const login = document.getElementById("login");

login.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  setToken(new FormData(event.target).get("token"));
  login.close();
  show();
});

unauthorized.addEventListener("unauthorized", () => {
  leave.abort();
  if (!login.open) login.showModal();
});

addEventListener("hashchange", show);
show();
