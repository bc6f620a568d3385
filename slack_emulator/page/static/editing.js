// Changing one's own message where it stands, and deleting a message after a question.

import { plainWords } from "./announcer.js";
import { ask } from "./question.js";
import { el } from "./render/dom.js";

// `onSave(text)` says whether the change left. Enter saves, Escape keeps the message as it was.
export function editInPlace(article, text, onSave) {
  if (article.querySelector(".editor")) return;
  const field = el("textarea", { class: "field", "aria-label": "Edit the message", rows: "2", "data-testid": "editor" });
  const close = () => {
    editor.remove();
    article.classList.remove("is-editing");
    article.focus();
  };
  const save = () => {
    const changed = field.value.trim();
    if (!changed || changed === text || onSave(changed)) close();
  };
  const editor = el(
    "form",
    { class: "editor", onsubmit: (event) => (event.preventDefault(), save()) },
    field,
    el(
      "div",
      { class: "editor-row" },
      el("button", { class: "button", type: "button", onclick: close }, "Cancel"),
      el("button", { class: "button primary" }, "Save"),
    ),
  );
  editor.addEventListener("keydown", (event) => pressed(event, { save, close, field }));
  field.value = text;
  article.classList.add("is-editing");
  article.querySelector(".content").append(editor);
  field.focus();
  field.setSelectionRange(text.length, text.length);
}

function pressed(event, { save, close, field }) {
  event.stopPropagation(); // The arrow keys move in the text here, not through the messages.
  const saves = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === field;
  if (!saves && event.key !== "Escape") return;
  event.preventDefault();
  if (saves) save();
  else close();
}

// Resolves to whether the reader said yes.
export function confirmDelete(message) {
  return ask({
    title: "Delete this message?",
    words: "It disappears for everyone, and the apps in the conversation are told.",
    quote: plainWords(message.html),
    yes: "Delete",
    no: "Keep it",
    isDanger: true,
    testid: "delete",
  });
}
