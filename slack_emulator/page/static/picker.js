// Choosing an emoji: a small board with a field to search by name. It stands beside what opened it, and goes with Escape.

import { el, keyed, setAttribute } from "./render/dom.js";

const OFTEN = ["+1", "eyes", "white_check_mark", "heart", "tada", "joy", "pray", "thinking_face"];

export class Picker {
  #onPick = null;
  #opener = null;

  // `emoji()` gives the signs by name.
  constructor({ emoji }) {
    this.emoji = emoji;
    this.field = el("input", {
      class: "picker-field",
      type: "search",
      placeholder: "Search by name",
      "aria-label": "Search emoji by name",
      autocomplete: "off",
      "data-testid": "emoji-search",
    });
    this.board = el("ul", { class: "board", "aria-label": "Emoji" });
    this.node = el(
      "div",
      { class: "picker", popover: "auto", role: "dialog", "aria-label": "Add a reaction", "data-testid": "emoji-picker" },
      this.field,
      this.board,
    );
    document.body.append(this.node);
    this.field.addEventListener("input", () => this.#draw());
    this.node.addEventListener("keydown", (event) => this.#pressed(event));
    this.node.addEventListener("toggle", ({ newState }) => newState === "closed" && this.#closed());
  }

  // `onPick(name)` is called once, or never.
  open(opener, onPick) {
    this.#opener = opener;
    this.#onPick = onPick;
    this.field.value = "";
    this.#draw();
    this.node.showPopover();
    this.#place(opener.getBoundingClientRect());
    this.field.focus();
  }

  #place(box) {
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const top = box.top - height - 8 > 8 ? box.top - height - 8 : Math.min(box.bottom + 8, innerHeight - height - 8);
    this.node.style.left = `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`;
    this.node.style.top = `${Math.max(8, top)}px`;
  }

  #draw() {
    const wanted = this.field.value.trim().toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
    const names = Object.keys(this.emoji());
    const found = wanted ? names.filter((name) => name.includes(wanted)) : [...OFTEN, ...names.filter((name) => !OFTEN.includes(name))];
    keyed(this.board, found, { key: (name) => name, make: (name) => this.#choice(name), update: () => {} });
    for (const [at, { firstElementChild: button }] of [...this.board.children].entries())
      setAttribute(button, "tabindex", at === 0 ? "0" : "-1");
  }

  #choice(name) {
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          "aria-label": name.replaceAll("_", " "),
          title: `:${name}:`,
          "data-testid": `emoji-${name}`,
          onclick: () => this.#pick(name),
        },
        this.emoji()[name],
      ),
    );
  }

  #pick(name) {
    const pick = this.#onPick;
    this.node.hidePopover();
    pick(name);
  }

  #closed() {
    if (this.node.contains(document.activeElement) || document.activeElement === document.body) this.#opener.focus();
  }

  #pressed(event) {
    const buttons = [...this.board.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const columns = getComputedStyle(this.board).gridTemplateColumns.split(" ").length;
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at < 0 ? 0 : at + columns, ArrowUp: at - columns };
    if (event.key === "Enter" && at < 0) buttons[0]?.click();
    else if (event.key === "Escape") this.node.hidePopover();
    else if (event.key in steps && (at >= 0 || event.key === "ArrowDown")) (buttons[steps[event.key]] ?? this.field).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
