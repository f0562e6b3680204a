import type { Page } from "playwright-core";

/** Something on the page that is too faint to be told from what is behind it. */
export interface Faint {
  /** The element, and which part of it. */
  readonly what: string;
  readonly text: string;
  readonly ratio: number;
  /** What WCAG 2.2 AA asks for: 4.5 for text (1.4.3), 3 for large text and for graphics (1.4.11). */
  readonly needed: number;
}

/** Everything visible on the page that falls short of WCAG AA, by the styles the browser computes; and how much was looked at. */
export function faintParts(page: Page): Promise<{ faint: readonly Faint[]; looked: number }> {
  return page.evaluate(findFaint);
}

/** Runs in the page. */
function findFaint() {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const faint: { what: string; text: string; ratio: number; needed: number }[] = [];
  let looked = 0;

  for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
    if (!isSeen(element)) continue;
    const style = getComputedStyle(element);
    const behind = backgroundOf(element);
    if (ownText(element) !== "") judge(element, "text", style.color, behind, neededFor(style));
    if (element.matches("input, textarea") && (element as HTMLInputElement).placeholder !== "") {
      const { color } = getComputedStyle(element, "::placeholder");
      judge(element, "placeholder", color, behind, neededFor(style));
    }
    const around = element.parentElement === null ? behind : backgroundOf(element.parentElement);
    if (element.matches("input:not([type=checkbox]), select, textarea, button:not(.sort)")) {
      judge(element, "border", style.borderTopColor, around, 3);
    }
    if (element.matches(".swatch")) judge(element, "swatch", style.backgroundColor, around, 3);
    if (element.matches(".state")) {
      judge(element, "mark", getComputedStyle(element, "::before").borderTopColor, behind, 3);
    }
  }
  return { faint, looked };

  function judge(element: Element, part: string, colour: string, behind: Colour, needed: number) {
    looked++;
    const [red, green, blue, alpha] = parse(colour);
    const seen = over([red, green, blue, alpha * opacityOf(element)], behind);
    const ratio = Math.round(contrast(seen, behind) * 100) / 100;
    const text = element.textContent?.trim().slice(0, 40) ?? "";
    const what = `${element.tagName.toLowerCase()}.${element.className} ${part}`;
    if (ratio < needed) faint.push({ what, text, ratio, needed });
  }

  function isSeen(element: HTMLElement): boolean {
    if (element.closest("[aria-hidden=true], :disabled, .hidden, noscript, option") !== null) {
      return false;
    }
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  function ownText(element: HTMLElement): string {
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const value = element.matches("input:not([type=checkbox]), textarea, select") ? "value" : "";
    return texts.map(({ textContent }) => textContent).join("").trim() + value;
  }

  function neededFor({ fontSize, fontWeight }: CSSStyleDeclaration): number {
    const size = parseFloat(fontSize);
    return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
  }

  /** What the element is painted on, its own background included; of a gradient, its first colour. */
  function backgroundOf(element: Element): Colour {
    const under: Colour = element.parentElement === null
      ? [255, 255, 255, 1]
      : backgroundOf(element.parentElement);
    const { backgroundColor, backgroundImage } = getComputedStyle(element);
    const painted = over(parse(backgroundColor), under);
    const first = /rgba?\([^)]*\)/.exec(backgroundImage)?.[0];
    return first === undefined ? painted : over(parse(first), painted);
  }

  function opacityOf(element: Element | null): number {
    if (element === null) return 1;
    return Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement);
  }

  function parse(colour: string): Colour {
    const numbers = colour.match(/[\d.]+/g)?.map(Number) ?? [];
    if (!/^rgba?\(/.test(colour)) throw new Error(`Not a colour this test reads: ${colour}`);
    return [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3] ?? 1];
  }

  function over([red, green, blue, alpha]: Colour, under: Colour): Colour {
    const mix = (part: number, behind: number) => part * alpha + behind * (1 - alpha);
    return [mix(red, under[0]), mix(green, under[1]), mix(blue, under[2]), 1];
  }

  function contrast(one: Colour, other: Colour): number {
    const [a, b] = [luminance(one), luminance(other)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  /** As WCAG 2 defines it. */
  function luminance([red, green, blue]: Colour): number {
    const linear = (part: number) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }
}
