// What a screen reader is told: that an answer begins, and the answer once it stands. Not its edits, which come several a second.

import { el } from "./render/dom.js";
import { nameOf } from "./render/person.js";

const LONGEST = 400; // characters: the rest is in the message itself, one arrow key away.
const KEPT = 5;

export class Announcer {
  #region;
  #store;

  constructor(region, store) {
    this.#region = region;
    this.#store = store;
  }

  say(words) {
    this.#region.append(el("p", {}, words));
    while (this.#region.children.length > KEPT) this.#region.firstChild.remove();
  }

  began(message) {
    this.say(`${this.#nameIn(message)} is answering.`);
  }

  said(message) {
    this.say(`${this.#nameIn(message)}: ${plainWords(message.html)}`);
  }

  #nameIn(message) {
    return nameOf(this.#store.user(message.user));
  }
}

export function plainWords(html) {
  const template = document.createElement("template");
  template.innerHTML = html.replaceAll("<br>", " ");
  for (const control of template.content.querySelectorAll("button, .code-language")) control.remove();
  const words = template.content.textContent.replace(/\s+/g, " ").trim();
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}
