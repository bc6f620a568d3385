// The list of names that opens when somebody types "@" in a text field.
//
// The field keeps the focus; the list only says which name is chosen (the ARIA pattern "combobox with a listbox popup").

import { el, setAttribute } from "./render/dom.js";
import { avatar, badge, nameOf } from "./render/person.js";

const MOST = 6;
const BEGUN = /(?:^|[\s(])@([\p{L}\p{N}_.-]*)$/u; // an @ at the start of a word, and what follows it up to the caret
let lists = 0;

export class Completion {
  #found = [];
  #chosen = 0;
  #dismissed = -1; // where the "@" stands that the reader has waved away

  constructor(field, candidates) {
    this.field = field;
    this.candidates = candidates;
    this.list = el("ul", {
      class: "completion",
      role: "listbox",
      id: `completion-${(lists += 1)}`,
      "aria-label": "People and apps",
      hidden: true,
      "data-testid": "completion",
    });
    const combobox = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(combobox)) field.setAttribute(name, value);
    field.addEventListener("input", () => this.refresh());
    field.addEventListener("click", () => this.refresh());
    field.addEventListener("blur", () => this.#close());
  }

  get isOpen() {
    return this.#found.length > 0;
  }

  // Whether the key was for the list.
  press(event) {
    if (!this.isOpen) return false;
    const keys = {
      ArrowDown: () => this.#choose(this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      Enter: () => this.#take(this.#found[this.#chosen]),
      Tab: () => this.#take(this.#found[this.#chosen]),
      Escape: () => this.#dismiss(),
    };
    if (!(event.key in keys) || event.shiftKey) return false;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
    return true;
  }

  refresh() {
    const begun = this.#begun();
    const isWanted = begun && begun.at !== this.#dismissed;
    if (!begun) this.#dismissed = -1;
    this.#found = isWanted
      ? this.candidates()
          .filter((user) => matches(user, begun.word))
          .slice(0, MOST)
      : [];
    this.#draw();
    this.#choose(0);
  }

  #begun() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const match = BEGUN.exec(before);
    return match && { word: match[1].toLowerCase(), at: before.length - match[1].length - 1 };
  }

  #draw() {
    this.list.replaceChildren(...this.#found.map((user, index) => this.#option(user, index)));
    setAttribute(this.list, "hidden", !this.isOpen);
    this.field.setAttribute("aria-expanded", String(this.isOpen));
  }

  #option(user, index) {
    // Pressing the mouse would take the focus from the field, and with it the list.
    const onmousedown = (event) => event.preventDefault();
    const onclick = () => this.#take(user);
    const attributes = { role: "option", id: `${this.list.id}-${index}`, "data-testid": "completion-option", onmousedown, onclick };
    return el("li", attributes, avatar(user, "small"), el("span", {}, nameOf(user)), user.is_bot && badge());
  }

  #choose(index) {
    const options = [...this.list.children];
    this.#chosen = options.length ? (index + options.length) % options.length : 0;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.#chosen)));
    setAttribute(this.field, "aria-activedescendant", options[this.#chosen]?.id ?? null);
  }

  #take(user) {
    const { at } = this.#begun();
    this.field.setRangeText(`@${nameOf(user)} `, at, this.field.selectionStart, "end");
    this.#close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #dismiss() {
    this.#dismissed = this.#begun().at;
    this.#close();
  }

  #close() {
    this.#found = [];
    this.#draw();
    this.#choose(0);
  }
}

function matches(user, word) {
  return [nameOf(user), user.name].some((name) => name.toLowerCase().startsWith(word));
}
