import { h } from "./dom.js";

/** A number with a bar behind it, as long as its part of the largest. */
export function bar(value, largest, format) {
  if (value === undefined || value === null) return "–";
  const element = h("span", { class: "bar" }, format(value));
  element.style.setProperty("--part", `${largest > 0 ? 100 * value / largest : 0}%`);
  return element;
}
