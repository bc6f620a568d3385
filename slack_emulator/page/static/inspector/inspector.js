// The inspector: what goes over the wire between the apps and this workspace, live. A dock below everything else.

import { el, icon, setAttribute } from "../render/dom.js";
import { Budgets } from "./budgets.js";
import { Tabs } from "./tabs.js";
import { WhatIf } from "./whatif.js";
import { Wire } from "./wire.js";

const EVERY = 1000; // ms

export class Inspector {
  #timer = 0;

  // `ask(wish)` sends what the inspector wants and says whether it left; `onToggle()` is told when it opens or closes.
  constructor(node, { ask, onToggle, onFailure }) {
    Object.assign(this, { node, ask, onToggle });
    this.wire = new Wire();
    this.budgets = new Budgets();
    this.whatIf = new WhatIf({ onFailure });
    this.close = this.close.bind(this);
    const tabs = new Tabs("Inspector", [
      { name: "wire", title: "Wire", node: this.wire.node },
      { name: "budgets", title: "Budgets", node: this.budgets.node },
      { name: "what-if", title: "What if", node: this.whatIf.node },
    ]);
    const close = el(
      "button",
      {
        class: "tool",
        type: "button",
        "aria-label": "Close the inspector",
        title: "Close (Alt I)",
        "data-testid": "close-inspector",
        onclick: this.close,
      },
      icon("close"),
    );
    node.append(el("header", { class: "dock-head" }, tabs.list, this.wire.tools, close), tabs.panels);
    node.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event));
    tabs.onChoose = (name) => {
      setAttribute(this.wire.tools, "hidden", name !== "wire");
      if (this.isOpen) this.#look();
    };
  }

  get isOpen() {
    return !this.node.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    setAttribute(this.node, "hidden", false);
    this.begin();
    this.#timer = setInterval(() => this.#look(), EVERY);
    this.onToggle();
    this.node.querySelector("[role=tab][aria-selected=true]").focus();
  }

  close() {
    setAttribute(this.node, "hidden", true);
    clearInterval(this.#timer);
    this.ask({ type: "inspect", on: false });
    this.onToggle();
  }

  // Once more after the connection was lost.
  begin() {
    if (!this.isOpen) return;
    this.wire.clear();
    this.ask({ type: "inspect", on: true });
    this.#look();
  }

  // Whether the frame was for us.
  take(frame) {
    const takers = { wire: () => this.wire.add(frame.rows), budgets: () => this.budgets.draw(frame.budgets) };
    if (!Object.hasOwn(takers, frame.type)) return false;
    takers[frame.type]();
    return true;
  }

  // What changes without anything happening: budgets fill up, faults run out.
  #look() {
    this.ask({ type: "budgets" });
    if (!this.whatIf.node.parentElement.hidden) this.whatIf.look();
  }

  #escape(event) {
    event.stopPropagation(); // It closes the inspector, not also the thread above.
    this.close();
  }
}
