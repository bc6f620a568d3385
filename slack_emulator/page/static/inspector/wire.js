// Every call of an app and every delivery to it, a line each, the newest last. One line can be looked into.

import { el, icon, setAttribute, setText } from "../render/dom.js";
import { inWords, jsonNode } from "./json.js";
import { Scroll } from "../scroll.js";

const MOST = 500; // lines: what is older is taken off the top
const WAYS = { call: ["→", "call"], socket: ["←", "over a socket"], http: ["←", "over HTTP"] };

export class Wire {
  #lines = new Map(); // key -> { row, node, began }
  #chosen = "";
  #isPaused = false;
  #missed = 0;

  constructor() {
    this.list = el("ol", {
      class: "wire-list",
      role: "listbox",
      "aria-label": "Calls and deliveries",
      tabindex: "0",
      "data-testid": "wire-list",
    });
    this.empty = el("p", { class: "quiet-note" }, "Nothing yet. Calls and deliveries appear here as they happen.");
    const content = el("div", {}, this.list, this.empty);
    const scroller = el("div", { class: "wire-scroller" }, content);
    const pill = el("button", { class: "pill", type: "button", hidden: true }, icon("down"), "Newest");
    this.scroll = new Scroll(scroller, content, pill);
    this.detail = el("section", {
      class: "wire-detail",
      "aria-label": "What was said",
      tabindex: "0",
      hidden: true,
      "data-testid": "wire-detail",
    });
    this.node = el("div", { class: "wire" }, el("div", { class: "wire-lines" }, scroller, pill), this.detail);
    this.filter = el("input", {
      class: "dock-field",
      type: "search",
      placeholder: "Filter",
      "aria-label": "Show only lines with these words",
      "data-testid": "wire-filter",
    });
    this.pause = el(
      "button",
      { class: "button small", type: "button", "aria-pressed": "false", "data-testid": "wire-pause", onclick: () => this.#pauseOrGoOn() },
      "Pause",
    );
    const clear = el(
      "button",
      { class: "button small", type: "button", "data-testid": "wire-clear", onclick: () => this.clear() },
      "Clear",
    );
    this.tools = el("div", { class: "dock-tools" }, this.filter, this.pause, clear);
    this.filter.addEventListener("input", () => this.#filterAll());
    this.list.addEventListener("keydown", (event) => this.#pressed(event));
  }

  add(rows) {
    if (this.#isPaused) {
      this.#missed += rows.length;
      setText(this.pause, `Go on (${this.#missed})`);
      return;
    }
    for (const row of rows) this.#put(row);
    while (this.#lines.size > MOST) this.#drop(this.#lines.keys().next().value);
    setAttribute(this.empty, "hidden", this.#lines.size > 0);
    this.scroll.grew();
  }

  clear() {
    this.#lines.clear();
    this.list.replaceChildren();
    this.#close();
    setAttribute(this.empty, "hidden", false);
  }

  #put(row) {
    const line = this.#lines.get(row.key) ?? this.#make(row);
    line.row = row;
    line.node.classList.toggle("is-bad", !row.ok);
    setText(line.says, inWords(row));
    setText(line.outcome, outcomeOf(row, line.began));
    this.#filterOne(line);
    if (row.key === this.#chosen) this.#show(row);
  }

  #make(row) {
    const [arrow, way] = WAYS[row.kind];
    const line = { began: row.at, says: el("span", { class: "wire-says" }), outcome: el("span", { class: "wire-outcome" }) };
    line.node = el(
      "li",
      {
        class: `wire-line ${row.kind}`,
        role: "option",
        id: `wire-${this.#lines.size}-${row.key.replaceAll(/\W/g, "")}`,
        "aria-selected": "false",
        "data-key": row.key,
        "data-testid": "wire-line",
        onclick: () => this.#choose(row.key),
      },
      el("time", {}, clockOf(row.at)),
      el("span", { class: "wire-arrow", title: way }, el("span", { "aria-hidden": "true" }, arrow), el("span", { class: "unseen" }, way)),
      el("span", { class: "wire-name" }, row.name),
      line.says,
      el("span", { class: "wire-app" }, row.app),
      line.outcome,
    );
    this.#lines.set(row.key, line);
    this.list.append(line.node);
    return line;
  }

  #drop(key) {
    this.#lines.get(key).node.remove();
    this.#lines.delete(key);
    if (key === this.#chosen) this.#close();
  }

  #choose(key) {
    this.#lines.get(this.#chosen)?.node.setAttribute("aria-selected", "false");
    if (key === this.#chosen) return this.#close();
    this.#chosen = key;
    const { node, row } = this.#lines.get(key);
    node.setAttribute("aria-selected", "true");
    setAttribute(this.list, "aria-activedescendant", node.id);
    node.scrollIntoView({ block: "nearest" });
    return this.#show(row);
  }

  #show(row) {
    const parts = [
      ["Sent", row.sent],
      ["Answer", row.answer],
    ].filter(([, value]) => value !== null);
    const close = el(
      "button",
      { class: "tool", type: "button", "aria-label": "Close what was said", onclick: () => this.#choose(row.key) },
      icon("close"),
    );
    this.detail.replaceChildren(
      el("header", {}, el("strong", {}, row.name), close),
      ...parts.flatMap(([title, value]) => [el("h3", {}, title), jsonNode(value)]),
    );
    setAttribute(this.detail, "hidden", false);
  }

  #close() {
    this.#chosen = "";
    setAttribute(this.list, "aria-activedescendant", null);
    setAttribute(this.detail, "hidden", true);
  }

  #pauseOrGoOn() {
    this.#isPaused = !this.#isPaused;
    this.#missed = 0;
    setAttribute(this.pause, "aria-pressed", String(this.#isPaused));
    setText(this.pause, this.#isPaused ? "Go on" : "Pause");
  }

  #filterAll() {
    for (const line of this.#lines.values()) this.#filterOne(line);
  }

  #filterOne({ node, row }) {
    const wanted = this.filter.value.trim().toLowerCase();
    setAttribute(
      node,
      "hidden",
      wanted !== "" && !node.textContent.toLowerCase().includes(wanted) && !JSON.stringify(row.sent).toLowerCase().includes(wanted),
    );
  }

  #pressed(event) {
    const shown = [...this.list.children].filter((node) => !node.hidden);
    const at = shown.findIndex((node) => node.dataset.key === this.#chosen);
    const steps = { ArrowDown: at + 1, ArrowUp: at < 0 ? shown.length - 1 : at - 1, Home: 0, End: shown.length - 1 };
    const next = event.key in steps && shown[steps[event.key]];
    if (!next) return;
    event.preventDefault();
    if (next.dataset.key !== this.#chosen) this.#choose(next.dataset.key);
  }
}

// An acknowledgement tells how long it took.
function outcomeOf({ kind, outcome, at, attempt }, began) {
  const again = attempt ? `, attempt ${attempt + 1}` : "";
  return kind !== "call" && outcome === "acked" ? `acked in ${Math.round((at - began) * 1000)} ms${again}` : `${outcome}${again}`;
}

function clockOf(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
