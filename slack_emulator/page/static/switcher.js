// "Go to…": one field for every channel and person. Ctrl+K opens it, as in Slack.

import { el, icon, setAttribute } from "./render/dom.js";
import { avatar, badge } from "./render/person.js";

const MOST = 8;

export class Switcher {
  #found = [];
  #chosen = 0;

  // `places()` gives { id, name, other } for each place, `id` "" for somebody not yet written to; `onChoose(place)` goes there.
  constructor({ places, onChoose }) {
    Object.assign(this, { places, onChoose });
    this.list = el("ul", { class: "switcher-list", role: "listbox", id: "switcher-list", "aria-label": "Channels and people" });
    this.field = el("input", {
      class: "switcher-field",
      type: "text",
      placeholder: "Go to a channel or a person",
      "aria-label": "Go to a channel or a person",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": "switcher-list",
      "aria-autocomplete": "list",
      autocomplete: "off",
      "data-testid": "switcher-field",
    });
    this.dialog = el("dialog", { class: "dialog switcher", "aria-label": "Go to", "data-testid": "switcher" }, this.field, this.list);
    this.field.addEventListener("input", () => this.#search());
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    document.body.append(this.dialog);
  }

  open() {
    if (this.dialog.open) return;
    this.field.value = "";
    this.#search();
    this.dialog.showModal();
  }

  #search() {
    const wanted = this.field.value.trim().toLowerCase().replace(/^[#@]/, "");
    this.#found = this.places()
      .filter(({ name }) => name.toLowerCase().includes(wanted))
      .slice(0, MOST);
    this.list.replaceChildren(...this.#found.map((place, at) => this.#row(place, at)));
    this.#choose(0);
  }

  #row(place, at) {
    const { name, other } = place;
    const face = other ? avatar(other, "small") : icon("hash");
    return el(
      "li",
      { role: "option", id: `switcher-${at}`, "data-testid": "switcher-option", onclick: () => this.#take(place) },
      face,
      el("span", {}, name),
      other?.is_bot && badge(),
    );
  }

  #choose(at) {
    const rows = [...this.list.children];
    this.#chosen = rows.length ? (at + rows.length) % rows.length : 0;
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === this.#chosen)));
    setAttribute(this.field, "aria-activedescendant", rows[this.#chosen]?.id ?? null);
  }

  #take(place) {
    this.dialog.close();
    this.onChoose(place);
  }

  #pressed(event) {
    const keys = {
      ArrowDown: () => this.#choose(this.#chosen + 1),
      ArrowUp: () => this.#choose(this.#chosen - 1),
      Enter: () => this.#found.length && this.#take(this.#found[this.#chosen]),
    };
    if (!(event.key in keys) || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  }
}
