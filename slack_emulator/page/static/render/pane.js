// A column of messages with a heading above and a place to write below: the channel is one, the thread beside it another.

import { Composer } from "../composer.js";
import { Scroll } from "../scroll.js";
import { el, icon, keyed, setAttribute, setText } from "./dom.js";
import { lineRow, makeRow, updateLineRow, updateRow } from "./message.js";

// What a key does on a message that has the focus: the same as a button it has, so that a key never does more.
const KEYS = {
  Enter: ".thread-line, [data-testid=reply-message]",
  r: "[data-testid=react-message]",
  e: "[data-testid=edit-message]",
  u: "[data-testid=unread-message]",
  Delete: "[data-testid=delete-message]",
};

export class Pane {
  #intro = null;

  // `name` is "channel" or "thread"; `lead` stands before the title, `trail` after it.
  constructor(node, { name, heading, lead, trail, actions, onSend, candidates }) {
    this.node = node;
    this.actions = actions;
    this.title = el(heading, { class: "title", id: `${name}-title`, "data-testid": `${name}-title` });
    this.subtitle = el("span", { class: "subtitle" });
    this.list = el("ol", { class: "messages", "data-testid": `${name}-messages` });
    this.status = el(
      "div",
      { class: "status", "data-testid": `${name}-status`, hidden: true },
      el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
      el("span"),
    );
    this.stop = el("button", { class: "button small", type: "button", hidden: true, "data-testid": `${name}-stop` });
    this.status.append(this.stop);
    this.start = el("div", { class: "start" });
    const content = el("div", { class: "column" }, this.start, this.list, this.status);
    const scroller = el("div", { class: "scroller", tabindex: "-1", "data-testid": `${name}-scroller` }, content);
    const pill = el("button", { class: "pill", type: "button", hidden: true, "data-testid": `${name}-pill` }, icon("down"), "New messages");
    this.scroll = new Scroll(scroller, content, pill);
    this.above = el("div", { class: "above" });
    this.composer = new Composer({
      id: name === "channel" ? "composer" : "thread-composer",
      testid: `${name}-composer`,
      onSend,
      candidates,
      onLeaveUp: () => this.focusLast(),
    });
    this.head = el("div", { class: "head" }, lead, el("div", { class: "titles" }, this.title, this.subtitle), trail ?? "");
    this.middle = el("div", { class: "middle" }, scroller, pill);
    this.composer.attaching.listen(node, this.composer.field);
    node.append(this.head, this.middle, this.above, this.composer.node);
    this.list.addEventListener("keydown", (event) => this.#pressed(event));
  }

  // `rows` come from the timeline; `view(row)` adds what one message needs to be drawn; `status` is { words, stop } or null.
  draw({ rows, view, status, intro }) {
    const hadFocus = this.list.contains(document.activeElement);
    this.#drawIntro(intro);
    keyed(this.list, rows, {
      key: (row) => row.key,
      make: (row) => (row.message ? makeRow(view(row), this.actions) : lineRow(row)),
      update: (node, row) => (row.message ? updateRow(node, view(row), this.actions) : updateLineRow(node, row)),
    });
    setText(this.status.children[1], status?.words ?? "");
    setAttribute(this.status, "hidden", !status);
    setText(this.stop, status?.stop ? "Stop" : "");
    setAttribute(this.stop, "hidden", !status?.stop);
    this.stop.onclick = status?.stop ?? null;
    // A message that had the focus was deleted: the reader goes on from the one that is now last.
    if (hadFocus && !this.list.contains(document.activeElement)) this.focusLast();
    this.#letOneIn();
  }

  // Another conversation: nothing of the last one stays.
  clear() {
    this.list.replaceChildren();
    this.#intro = null;
  }

  focusLast() {
    this.#articles().at(-1)?.focus();
  }

  #drawIntro(intro) {
    if (this.#intro === intro?.key) return;
    this.#intro = intro?.key ?? null;
    this.start.replaceChildren(...(intro ? [intro.make()] : []));
  }

  #articles() {
    return [...this.list.querySelectorAll("article")];
  }

  // Tab enters the messages once, at the last one that had the focus or at the end; the arrow keys go on from there.
  #letOneIn() {
    const articles = this.#articles();
    const current = articles.find((article) => article.tabIndex === 0) ?? articles.at(-1);
    for (const article of articles) setAttribute(article, "tabindex", article === current ? "0" : "-1");
  }

  #pressed(event) {
    const article = event.target.closest("article");
    if (!article) return;
    const articles = this.#articles();
    const at = articles.indexOf(article);
    const steps = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: articles.length - 1 };
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("select, input, textarea, summary")) return;
    if (event.key in steps) this.#step(articles, steps[event.key]);
    else if (event.target !== article || !press(article, event.key)) return;
    event.preventDefault();
  }

  // Below the last message is the place to write.
  #step(articles, to) {
    if (to >= articles.length) {
      this.composer.field.focus();
      return;
    }
    const article = articles[Math.max(0, to)];
    for (const other of articles) setAttribute(other, "tabindex", other === article ? "0" : "-1");
    article.focus();
    article.scrollIntoView({ block: "nearest" });
  }
}

// Whether the message has that button.
function press(article, key) {
  const button = KEYS[key] && article.querySelector(KEYS[key]);
  button?.click();
  return Boolean(button);
}
