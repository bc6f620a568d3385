// A question that has to be answered before anything happens. Escape means no.

import { el } from "./render/dom.js";

// Resolves to whether the answer was yes. `quote` shows what it is about; `isDanger` colours the yes.
export async function ask({ title, words, quote = "", yes, no, isDanger = false, testid = "question" }) {
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "question-title", "data-testid": `${testid}-dialog` },
    el(
      "form",
      { method: "dialog" },
      el("h2", { id: "question-title" }, title),
      words && el("p", {}, words),
      quote && el("blockquote", {}, quote),
      el(
        "div",
        { class: "dialog-buttons" },
        el("button", { class: "button", value: "no" }, no),
        el("button", { class: `button ${isDanger ? "danger" : "primary"}`, value: "yes", "data-testid": `confirm-${testid}` }, yes),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  dialog.remove();
  return dialog.returnValue === "yes";
}
