// An app's page: its direct messages, and its home, behind two tabs below the title.

import { el, setAttribute } from "./render/dom.js";
import { morph } from "./render/morph.js";
import { nameOf } from "./render/person.js";
import { hrefOf } from "./route.js";

export class Home {
  #drawn = null;

  // `prepare(content, place)` fits what was drawn to this person.
  constructor({ store, prepare }) {
    Object.assign(this, { store, prepare });
    this.links = { messages: link("Messages", "tab-messages"), home: link("Home", "tab-home") };
    this.tabs = el("nav", { class: "tabs app-tabs", "aria-label": "The app's pages", hidden: true }, this.links.messages, this.links.home);
    this.body = el("div", { class: "home body", "data-testid": "home" });
    this.node = el(
      "div",
      { class: "home-scroller", tabindex: "0", role: "region", "aria-label": "The app's home", hidden: true },
      el("h2", { class: "unseen" }, "Home"),
      this.body,
    );
  }

  // `other` is the app's user, null in a place that has no home; `tab` "home" or "".
  draw(channel, other, tab) {
    const isApp = Boolean(other?.is_bot);
    setAttribute(this.tabs, "hidden", !isApp);
    setAttribute(this.node, "hidden", !isApp || tab !== "home");
    if (!isApp) return;
    setAttribute(this.links.messages, "href", hrefOf(channel.id));
    setAttribute(this.links.home, "href", hrefOf(channel.id, { tab: "home" }));
    setAttribute(this.links.messages, "aria-current", tab !== "home" && "page");
    setAttribute(this.links.home, "aria-current", tab === "home" && "page");
    if (tab === "home") this.#show(this.store.home(other.id), other);
  }

  #show(view, app) {
    if (view && this.#drawn === view) return;
    this.#drawn = view;
    setAttribute(this.body, "data-view", view?.id);
    if (view) morph(this.body, view.html, (content) => this.prepare(content, { view_id: view.id }));
    else this.body.replaceChildren(el("p", { class: "quiet-note" }, `${nameOf(app)} has published no home for you.`));
  }
}

function link(words, testid) {
  return el("a", { class: "tab", "data-testid": testid }, words);
}
