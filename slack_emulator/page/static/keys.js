// The keyboard, for the whole page. What a single message does with a key is in render/pane.js.

import { el, icon } from "./render/dom.js";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const COMMAND = IS_MAC ? "⌘" : "Ctrl";
const HELP = [
  [
    "Everywhere",
    [
      [`${COMMAND} K`, "Go to a channel or a person"],
      ["Alt ↑ ↓", "The channel above or below"],
      ["Alt Shift ↑ ↓", "The next one with news"],
      ["F6", "The next part of the page"],
      ["Alt I", "Look at the wire"],
      ["?", "This list"],
      ["Esc", "Close what is open"],
    ],
  ],
  [
    "Writing",
    [
      ["Enter", "Send"],
      ["Shift Enter", "A new line"],
      ["@", "Mention somebody"],
      ["↑", "In an empty field: to the messages"],
    ],
  ],
  [
    "On a message",
    [
      ["↑ ↓", "The one above or below"],
      ["Enter", "Its thread"],
      ["R", "React"],
      ["E", "Edit"],
      ["U", "Mark as unread from here"],
      ["Del", "Delete"],
    ],
  ],
];

// `does` names what each key brings about; a key that is not ours goes on to whoever wants it.
export function listenToKeys(does) {
  document.addEventListener("keydown", (event) => {
    const act = actionOf(event, does);
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });
}

function actionOf(event, does) {
  const { key, code, altKey, shiftKey } = event;
  if ((IS_MAC ? event.metaKey : event.ctrlKey) && key.toLowerCase() === "k") return does.switch;
  if (altKey && code === "KeyI") return does.inspect;
  if (altKey && (key === "ArrowUp" || key === "ArrowDown")) return () => does.step(key === "ArrowDown" ? 1 : -1, { unread: shiftKey });
  if (key === "F6") return () => does.part(shiftKey ? -1 : 1);
  return key === "?" && !isWriting(event.target) ? showHelp : null;
}

function isWriting(target) {
  return target.matches("input, textarea, select");
}

export function showHelp() {
  const close = el("button", { class: "tool", type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"));
  const dialog = el(
    "dialog",
    { class: "dialog help", "aria-labelledby": "help-title", "data-testid": "help" },
    el("div", { class: "dialog-head" }, el("h2", { id: "help-title" }, "Keys"), close),
    ...HELP.map(section),
  );
  dialog.addEventListener("close", () => dialog.remove(), { once: true });
  document.body.append(dialog);
  dialog.showModal();
}

function section([title, rows]) {
  const lines = rows.flatMap(([keys, what]) => [el("dt", {}, ...keys.split(" ").map((key) => el("kbd", {}, key))), el("dd", {}, what)]);
  return el("section", {}, el("h3", {}, title), el("dl", {}, ...lines));
}
