// Tabs, as ARIA has them: one can be reached with Tab, the arrow keys choose among them.

import { el, setAttribute } from "../render/dom.js";

export class Tabs {
  onChoose = () => {};

  // Each of `tabs` is { name, title, node }.
  constructor(label, tabs) {
    this.tabs = tabs;
    this.buttons = tabs.map(({ name, title }) =>
      el(
        "button",
        {
          class: "tab",
          type: "button",
          role: "tab",
          id: `tab-${name}`,
          "aria-controls": `panel-${name}`,
          "data-testid": `tab-${name}`,
          onclick: () => this.choose(name),
        },
        title,
      ),
    );
    this.list = el("div", { class: "tabs", role: "tablist", "aria-label": label }, ...this.buttons);
    this.panels = el(
      "div",
      { class: "panels" },
      ...tabs.map(({ name, node }) =>
        el("div", { class: "panel", role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}` }, node),
      ),
    );
    this.list.addEventListener("keydown", (event) => this.#pressed(event));
    this.choose(tabs[0].name);
  }

  choose(name) {
    this.tabs.forEach((tab, at) => {
      const isChosen = tab.name === name;
      setAttribute(this.buttons[at], "aria-selected", String(isChosen));
      setAttribute(this.buttons[at], "tabindex", isChosen ? "0" : "-1");
      setAttribute(this.panels.children[at], "hidden", !isChosen);
    });
    this.onChoose(name);
  }

  #pressed(event) {
    const at = this.buttons.indexOf(event.target);
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = this.buttons.at(steps[event.key] % this.buttons.length);
    next.click();
    next.focus();
  }
}
