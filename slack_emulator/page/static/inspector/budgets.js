// How much of each of Slack's limits is left, for each app: a bar that empties with every call and fills again by itself.

import { el, keyed, setAttribute, setText } from "../render/dom.js";

export class Budgets {
  constructor() {
    this.list = el("ul", { class: "budgets", "aria-label": "What is left of each limit", "data-testid": "budgets" });
    this.empty = el("p", { class: "quiet-note" }, "No app has used any of its budgets yet.");
    this.node = el("div", { class: "budgets-scroller", tabindex: "0" }, this.list, this.empty);
  }

  draw(budgets) {
    setAttribute(this.empty, "hidden", budgets.length > 0);
    keyed(this.list, budgets, { key: ({ app, name }) => `${app} ${name}`, make: makeBudget, update: drawBudget });
  }
}

function makeBudget({ app, name }) {
  const bar = el("div", { class: "budget-bar", role: "meter", "aria-valuemin": "0", "aria-label": `${name}, ${app}` }, el("i", {}));
  return el(
    "li",
    { class: "budget", "data-testid": "budget" },
    el("span", { class: "budget-name" }, name),
    el("span", { class: "budget-app" }, app),
    bar,
    el("span", { class: "budget-left" }),
  );
}

function drawBudget(row, { left, calls, seconds, wait }) {
  const bar = row.querySelector(".budget-bar");
  const words = left ? `${left} of ${calls} left in ${seconds} s` : `none of ${calls} left, the next in ${Math.ceil(wait)} s`;
  for (const [name, value] of Object.entries({ max: calls, now: left, text: words })) setAttribute(bar, `aria-value${name}`, String(value));
  // Through the object model: the page's policy allows no style in markup.
  bar.firstElementChild.style.width = `${(100 * left) / calls}%`;
  row.classList.toggle("is-low", left > 0 && left < calls / 4);
  row.classList.toggle("is-empty", left === 0);
  setText(row.querySelector(".budget-left"), words);
}
