// What people press and choose in an app's message: read from the element, asked about where the app wants that, and sent.
//
//   data-element, data-block   the action_id and block_id          data-value    which of several buttons in one element
//   data-kind                  the element's type, where it has a choice or text in it
//   data-confirm               the question to ask first            data-only     the people it is for

import { ask } from "./question.js";
import { el } from "./render/dom.js";
import { valueOf } from "./values.js";

export class Acting {
  #chosen = new Map(); // place, block and element -> the value last pressed, for the thumbs that stay pressed

  // `send(action)` says whether the action left; `placeOf(node)` gives the message or view it is in, or null.
  constructor({ send, placeOf }) {
    Object.assign(this, { send, placeOf });
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("change", (event) => this.#changed(event));
    document.addEventListener("focusin", (event) => this.#entered(event));
    document.addEventListener("submit", (event) => event.target.matches("form.choosing") && event.preventDefault());
  }

  // A drawn message before it is shown to this person.
  prepare(content, place, me) {
    for (const node of content.querySelectorAll("[data-only]")) node.hidden = !node.dataset.only.split(" ").includes(me.id);
    for (const node of content.querySelectorAll("[aria-pressed]"))
      node.ariaPressed = String(this.#chosen.get(keyOf(place, node)) === node.dataset.value);
  }

  #clicked({ target }) {
    const node = target.closest("button[data-element], a[data-element]");
    const place = node && this.placeOf(node);
    if (place) this.#act(node, place, node.dataset.value ?? null);
  }

  // In a modal most fields wait for its button; a message has none.
  #changed({ target }) {
    const node = target.closest("[data-kind]");
    const place = node && this.placeOf(node);
    if (place && !node.closest("[data-quiet]")) this.#act(node, place, valueOf(node));
  }

  // Some options only the app knows: they are asked for when somebody comes to the menu.
  #entered({ target }) {
    if (!target.matches("select[data-kind=external_select]:not([data-asked])")) return;
    const place = this.placeOf(target);
    if (place?.view_id) target.dataset.asked = String(this.send({ type: "suggest", ...place, action_id: target.dataset.element }));
  }

  suggested({ view_id: view, action_id: action, options }) {
    const menu = document.querySelector(`[data-view="${CSS.escape(view)}"] select[data-element="${CSS.escape(action)}"]`);
    if (!menu) return;
    const chosen = menu.value;
    menu.replaceChildren(menu.options[0], ...options.map(({ text, value }) => el("option", { value }, text)));
    menu.value = options.some(({ value }) => value === chosen) ? chosen : "";
  }

  async #act(node, place, value) {
    if (node.dataset.confirm && !(await this.#isSure(node))) return;
    const hasLeft = this.send({ type: "press", ...place, action_id: node.dataset.element, block_id: node.dataset.block ?? "", value });
    if (hasLeft && node.ariaPressed !== null) this.#keepPressed(node, place);
    if (hasLeft) blink(node);
  }

  async #isSure(node) {
    const { title, text, confirm, deny, style } = JSON.parse(node.dataset.confirm);
    return ask({ title: title || "Are you sure?", words: text, yes: confirm || "Yes", no: deny || "Cancel", isDanger: style === "danger" });
  }

  #keepPressed(node, place) {
    this.#chosen.set(keyOf(place, node), node.dataset.value);
    for (const half of node.parentElement.querySelectorAll("[aria-pressed]")) half.ariaPressed = String(half === node);
  }
}

function keyOf(place, node) {
  return [place.view_id, place.channel, place.ts, node.dataset.block, node.dataset.element].join(" ");
}

// Slack shows for a moment that the press was heard.
function blink(node) {
  node.closest("details.overflow")?.removeAttribute("open");
  node.animate?.([{ opacity: 0.45 }, { opacity: 1 }], { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 500 });
}
