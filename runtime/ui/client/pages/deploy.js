import { json } from "../api.js";
import { announce, fill, h } from "../dom.js";
import { milliseconds } from "../format.js";
import { problemBlock } from "../problems.js";

const ELAPSED_MS = 500;

/** Languages by extension; the first of each language is the usual one. */
const EXTENSIONS = {
  c: "c",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  rs: "rust",
  go: "go",
  js: "js",
  mjs: "js",
  ts: "ts",
  py: "python",
  php: "php",
  wat: "wat",
  html: "html",
  wasm: "wasm",
};
const TITLES = {
  js: "JavaScript",
  ts: "TypeScript",
  python: "Python",
  php: "PHP",
  c: "C",
  cpp: "C++",
  rust: "Rust",
  go: "Go",
  wat: "WAT",
  html: "HTML",
  wasm: "WebAssembly module",
};
const EXAMPLE = `export default {
  fetch(request) {
    return new Response("Hello from " + new URL(request.url).pathname + "\\n");
  },
};
`;

/** Kept while other pages are shown, with what was typed: the next version is often a small change. */
let form;

/** Deploys a file that is dropped or chosen, or what is pasted. */
export function deployPage(root, { signal }) {
  form ??= new DeployForm();
  form.takeDrops(signal);
  fill(root, h("h1", {}, "Deploy"), form.element);
}

class DeployForm {
  /** A dropped module; text goes to the field. */
  #binary;
  #name = h("input", {
    name: "name",
    required: true,
    pattern: "[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}",
    autocomplete: "off",
    spellcheck: false,
  });
  #language = h(
    "select",
    { name: "language" },
    Object.entries(TITLES).map(([value, title]) => h("option", { value }, title)),
  );
  #replace = h("input", { type: "checkbox", name: "replace" });
  #source = h("textarea", {
    name: "source",
    rows: 14,
    spellcheck: false,
    class: "source",
    placeholder: EXAMPLE,
  });
  #config = h("textarea", {
    name: "config",
    rows: 3,
    spellcheck: false,
    placeholder: "[limits]\nmemory_mb = 64",
  });
  #file = h("input", { type: "file", onchange: () => this.#take(this.#file.files[0]) });
  #progress = h("p", { role: "status" });
  #result = h("div");
  #button = h("button", { type: "submit", class: "primary" }, "Deploy");
  element;

  constructor() {
    this.#source.addEventListener("input", () => this.#binary = undefined);
    this.element = h(
      "form",
      {
        class: "deploy",
        onsubmit: (event) => this.#submit(event),
      },
      h(
        "p",
        { class: "hint" },
        "Drop a source file or a module on this page, choose one, or paste source.",
      ),
      h("label", {}, "File ", this.#file),
      h(
        "div",
        { class: "fields" },
        h("label", {}, "Name ", this.#name),
        h("label", {}, "Language ", this.#language),
        h("label", { class: "check" }, this.#replace, " Replace a function of this name"),
      ),
      h("label", {}, "Source", this.#source),
      h(
        "details",
        {},
        h("summary", {}, "Configuration (TOML)"),
        h("label", {}, "Configuration", this.#config),
      ),
      h("p", {}, this.#button),
      this.#progress,
      this.#result,
    );
  }

  /** On the whole page: what misses a smaller target, the browser would show instead of the page. */
  takeDrops(signal) {
    const mark = (isOver) => this.element.classList.toggle("dropping", isOver);
    const listen = (type, listener) => addEventListener(type, listener, { signal });
    listen("dragover", (event) => {
      event.preventDefault();
      mark(true);
    });
    listen("dragleave", (event) => event.relatedTarget === null && mark(false));
    listen("drop", (event) => {
      event.preventDefault();
      mark(false);
      this.#take(event.dataTransfer.files[0]);
    });
  }

  async #take(file) {
    if (file === undefined) return;
    const [, stem, extension] = /^(.*?)\.([^.]+)$/.exec(file.name) ?? [, file.name, ""];
    const language = EXTENSIONS[extension.toLowerCase()];
    if (this.#name.value === "") {
      this.#name.value = stem.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 64);
    }
    if (language !== undefined) this.#language.value = language;
    this.#binary = language === "wasm" ? await file.arrayBuffer() : undefined;
    this.#source.value = this.#binary === undefined ? await file.text() : "";
    announce(`Took ${file.name}`);
  }

  async #submit(event) {
    event.preventDefault();
    this.#button.disabled = true;
    const elapsed = h("span", { "aria-live": "off" });
    fill(this.#progress, "Building… ", elapsed);
    fill(this.#result);
    const startMs = performance.now();
    const show = () => elapsed.textContent = milliseconds(performance.now() - startMs);
    const timer = setInterval(show, ELAPSED_MS);
    try {
      const deployed = await this.#deploy();
      const link = h(
        "a",
        { href: `#/functions/${encodeURIComponent(deployed.name)}` },
        deployed.name,
      );
      const url = h("a", { href: deployed.url }, deployed.url);
      fill(this.#progress, h("span", { class: "good" }, "Deployed "), link, ", serving at ", url);
    } catch (thrown) {
      fill(this.#progress);
      fill(this.#result, problemBlock(thrown));
    }
    clearInterval(timer);
    this.#button.disabled = false;
  }

  #deploy() {
    const [name, lang, replace] = [this.#name.value, this.#language.value, this.#replace.checked];
    const config = this.#config.value;
    if (this.#binary !== undefined) {
      const query = new URLSearchParams({ name, lang, ...replace ? { replace: "true" } : {} });
      return json(`/_/functions?${query}`, { method: "POST", body: this.#binary });
    }
    const body = {
      name,
      lang,
      code: this.#source.value,
      replace,
      ...config === "" ? {} : { config },
    };
    const headers = { "content-type": "application/json" };
    return json("/_/functions", { method: "POST", headers, body: JSON.stringify(body) });
  }
}
