/** First segments of paths that are Skerry's own: `POST /deploy`, `POST /invoke`, `GET /function/NAME`. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(["deploy", "function", "invoke"]);

/**
 * Why no function may have this route, or undefined.
 *
 * @param segments The route's, as its file spells them.
 */
export function reservedFault(segments: readonly string[]): string | undefined {
  const [first, ...rest] = segments;
  if (first === "_") return "paths under /_ belong to Skerry";
  if (first === "function" || (rest.length === 0 && RESERVED_NAMES.has(first ?? ""))) {
    return `the path /${first} belongs to Skerry's own API`;
  }
}
