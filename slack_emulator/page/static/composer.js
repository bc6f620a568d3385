// Where a message is written: Enter sends, Shift+Enter begins a new line, "@" offers names, files can be dropped. Each
// conversation keeps its own draft.

import { Attaching } from "./attaching.js";
import { Completion } from "./completion.js";
import { el, icon, setAttribute } from "./render/dom.js";

export class Composer {
  #drafts = new Map();
  #place = "";

  // `onSend(text, files)` says, at once or later, whether the message left; `candidates()` gives who can be mentioned; `onLeaveUp()` goes to the messages.
  constructor({ id, testid, onSend, candidates, onLeaveUp }) {
    this.onSend = onSend;
    this.onLeaveUp = onLeaveUp;
    this.field = el("textarea", { id, class: "field", rows: "1", "data-testid": testid, enterkeyhint: "send", autocomplete: "off" });
    this.completion = new Completion(this.field, candidates);
    this.button = el(
      "button",
      { class: "send", type: "submit", "aria-label": "Send", title: "Send (Enter)", "data-testid": `${testid}-send` },
      icon("send"),
    );
    this.attaching = new Attaching({ testid, onChange: () => this.#changed() });
    const at = el(
      "button",
      { class: "tool", type: "button", "aria-label": "Mention somebody", title: "Mention somebody", onclick: () => this.#mention() },
      icon("at"),
    );
    const keys = el(
      "span",
      { class: "keys", "aria-hidden": "true" },
      el("kbd", {}, "Shift"),
      " + ",
      el("kbd", {}, "Enter"),
      " for a new line",
    );
    this.node = el(
      "form",
      { class: "composer" },
      this.completion.list,
      this.attaching.row,
      this.attaching.note,
      this.field,
      el("div", { class: "composer-row" }, this.attaching.button, this.attaching.input, at, keys, this.button),
    );
    this.node.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    this.field.addEventListener("input", () => this.#changed());
    this.#changed();
  }

  // Write to this place from now on: its draft comes back, the other one is kept.
  show(place, label) {
    setAttribute(this.field, "placeholder", label);
    setAttribute(this.field, "aria-label", label);
    if (place === this.#place) return;
    this.#drafts.set(this.#place, this.field.value);
    this.#place = place;
    this.#write(this.#drafts.get(place) ?? "");
  }

  fill(text) {
    this.#write(text);
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  // Send these words at once, beside what is being written; what cannot leave now stays here to be sent.
  say(text) {
    if (this.onSend(text, []) !== true) this.fill(text);
  }

  get isEmpty() {
    return this.field.value.trim() === "" && this.attaching.files.length === 0;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.isEmpty) return;
    const place = this.#place;
    const sending = this.onSend(this.field.value.trim(), this.attaching.files);
    this.field.focus();
    // What leaves at once is gone at once: nobody can press Enter twice in between.
    const hasLeft = sending instanceof Promise ? await sending : sending;
    if (hasLeft && place === this.#place) this.#empty();
  }

  #empty() {
    this.attaching.clear();
    this.#write("");
  }

  #pressed(event) {
    // While an input method composes a word, Enter belongs to it.
    if (event.isComposing || this.completion.press(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.node.requestSubmit();
    } else if (event.key === "ArrowUp" && this.isEmpty) {
      event.preventDefault();
      this.onLeaveUp();
    }
  }

  #mention() {
    const { field } = this;
    const before = field.value.slice(0, field.selectionStart);
    field.setRangeText(before === "" || /[\s(]$/.test(before) ? "@" : " @", field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #write(text) {
    this.field.value = text;
    this.#changed();
    this.completion.refresh();
  }

  #changed() {
    this.button.disabled = this.isEmpty;
    this.field.style.height = "auto";
    if (this.field.value) this.field.style.height = `${this.field.scrollHeight}px`;
    else this.field.style.height = "";
  }
}
