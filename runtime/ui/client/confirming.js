import { h } from "./dom.js";

/**
 * Asks before something is done that cannot be taken back. Whoever presses Enter or Escape without reading keeps it.
 *
 * @param {{question: string, verb: string, signal: AbortSignal}} options `signal` ends it with a no
 * @returns {Promise<boolean>}
 */
export function confirmed({ question, verb, signal }) {
  const { promise, resolve } = Promise.withResolvers();
  const answer = (value) => () => dialog.close(value);
  const dialog = h(
    "dialog",
    { role: "alertdialog", "aria-labelledby": "question", onclose: () => end() },
    h("p", { id: "question" }, question),
    h(
      "p",
      { class: "buttons" },
      h("button", { type: "button", autofocus: true, onclick: answer("keep") }, "Keep"),
      h("button", { type: "button", class: "danger", onclick: answer("do") }, verb),
    ),
  );
  const close = () => dialog.close("keep");
  const end = () => {
    signal.removeEventListener("abort", close);
    dialog.remove();
    resolve(dialog.returnValue === "do");
  };
  signal.addEventListener("abort", close);
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
