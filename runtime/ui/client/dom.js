/** Elements without HTML text: whatever is shown may come from a function, and is never parsed. */

/**
 * Makes an element. Members of `props` that are functions listen (`onclick`), `class` and `data-…` are
 * attributes, others are properties where the element has them.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [props]
 * @param {...unknown} children Nodes, texts, lists of them; `null`, `undefined` and `false` are left out
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  append(element, children);
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

function setProp(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (name in element && !name.includes("-")) element[name] = value;
  else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** News that is older has been read, and goes with the page it was said on. */
const FRESH_MS = 2000;
let announcedMs = -Infinity;

/** Says something to everybody, also to who listens to a screen reader; the same again says nothing. */
export function announce(text, isBad = false) {
  const status = document.getElementById("status");
  announcedMs = performance.now();
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("bad", isBad);
}

/** Takes back what {@linkcode announce} said, if it was bad news. */
export function forgetProblem() {
  const status = document.getElementById("status");
  if (status.classList.contains("bad")) announce("");
}

/** Takes back what was said of the page before; what has just been done leads to the next one, and may still be read. */
export function forgetOldNews() {
  forgetProblem();
  if (performance.now() - announcedMs > FRESH_MS) announce("");
}

/** What stands where something will come. */
export function loading() {
  return h("p", { class: "loading" }, "Loading…");
}
