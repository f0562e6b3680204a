import { ok } from "../result.ts";
import type { Language } from "./language.ts";

/** HTML is answered as it is, and nothing runs. */
export function htmlLanguage(): Language {
  return {
    name: "html",
    title: "HTML",
    extensions: ["html", "htm"],
    toolchainVersion: () => Promise.resolve("1"),
    build: ({ bytes }) =>
      Promise.resolve(
        ok({ kind: "static", contentType: "text/html; charset=utf-8", body: bytes }),
      ),
  };
}
