import { Problem } from "./api.js";
import { announce, h } from "./dom.js";

/** Tells what went wrong in the line at the bottom; a missing token has its own form. */
export function announceProblem(thrown) {
  if (thrown instanceof Problem && thrown.status === 401) return;
  announce(thrown instanceof Problem ? thrown.message : "The server does not answer", true);
}

/** The same of what is asked again and again: that the server does not answer, the banner says. */
export function announceRefusal(thrown) {
  if (thrown instanceof Problem) announceProblem(thrown);
}

/** A problem in full: what it says, and a compiler's messages with their places. */
export function problemBlock(thrown) {
  const { message, code = "", diagnostics = [] } = thrown;
  const [first, ...more] = message.split("\n");
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("p", {}, h("strong", {}, code || "No answer"), " ", first),
    diagnostics.length === 0 && more.length > 0 && h("pre", { tabIndex: 0 }, more.join("\n")),
    diagnostics.length > 0 && h("ul", { class: "diagnostics" }, diagnostics.map(diagnostic)),
  );
}

function diagnostic({ severity, message, file, line, column }) {
  const place = [file, line, column].filter((each) => each !== undefined).join(":");
  return h(
    "li",
    { class: severity },
    h("code", {}, place),
    " ",
    h("b", {}, severity),
    " ",
    message,
  );
}
