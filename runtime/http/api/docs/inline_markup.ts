import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** A text whose parts between backticks are code. */
export function inlineMarkup(text: string): HtmlEscapedString | Promise<HtmlEscapedString> {
  const parts = text.split("`").map((part, i) => i % 2 === 0 ? part : html`<code>${part}</code>`);
  return html`${parts}`;
}
