// An app's modals, one on top of another, as the workspace has them: each a dialog of the browser's own.

import { el, icon, setAttribute, setText } from "./render/dom.js";
import { morph } from "./render/morph.js";
import { avatar } from "./render/person.js";
import { isEmpty, valueOf } from "./values.js";

export class Modals {
  #open = new Map(); // view id -> { view, dialog, … }

  // `send(wish)` says whether the wish left; `prepare(content, place)` fits what was drawn to this person.
  constructor({ store, send, prepare }) {
    Object.assign(this, { store, send, prepare });
  }

  // `views` from the lowest to the uppermost.
  draw(views) {
    const wanted = new Set(views.map(({ id }) => id));
    for (const [id, modal] of this.#open) if (!wanted.has(id)) this.#drop(id, modal);
    for (const view of views) this.#put(view);
  }

  // What the app did not accept, by block.
  refused({ id, errors }) {
    const modal = this.#open.get(id);
    if (!modal) return;
    this.#wait(modal, false);
    this.#complain(modal, new Map(Object.entries(errors)));
  }

  // The workspace could not do what was asked: the person may try again.
  failed() {
    for (const modal of this.#open.values()) this.#wait(modal, false);
  }

  #put(view) {
    const modal = this.#open.get(view.id) ?? this.#make(view);
    if (modal.view === view) return;
    const isNew = !modal.view;
    modal.view = view;
    setText(modal.title, view.title);
    morph(modal.body, view.html, (content) => this.prepare(content, { view_id: view.id }));
    setText(modal.submit, view.submit ?? "");
    setAttribute(modal.submit, "hidden", !view.submit);
    setText(modal.back, view.close || (view.submit ? "Cancel" : "Close"));
    this.#wait(modal, false);
    if (isNew) this.#begin(modal);
  }

  #make(view) {
    const app = this.store.user(view.app);
    const modal = {
      title: el("h2", { id: `title-${view.id}` }),
      body: el("div", { class: "modal-body body", "data-testid": "modal-body" }),
      submit: el("button", { class: "button primary", type: "button", "data-testid": "modal-submit", onclick: () => this.#submit(modal) }),
      back: el("button", { class: "button", type: "button", "data-testid": "modal-close", onclick: () => this.#leave(modal, false) }),
    };
    const close = el(
      "button",
      { class: "tool", type: "button", "aria-label": "Close", onclick: () => this.#leave(modal, true) },
      icon("close"),
    );
    modal.dialog = el(
      "dialog",
      { class: "dialog modal", "aria-labelledby": `title-${view.id}`, "data-view": view.id, "data-testid": "modal" },
      el("div", { class: "dialog-head" }, avatar(app, "small"), modal.title, close),
      modal.body,
      el("div", { class: "dialog-buttons" }, modal.back, modal.submit),
    );
    modal.dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.#leave(modal, true)));
    modal.dialog.addEventListener("keydown", (event) => this.#pressed(modal, event));
    this.#open.set(view.id, modal);
    document.body.append(modal.dialog);
    modal.dialog.showModal();
    return modal;
  }

  // The first thing to fill in, as on Slack; not the cross, which the browser would choose.
  #begin({ body, back }) {
    (body.querySelector("input, textarea, select") ?? back).focus();
  }

  #drop(id, { dialog }) {
    this.#open.delete(id);
    dialog.close();
    dialog.remove();
  }

  // Slack's cross closes all of them, its button only the uppermost.
  #leave({ view }, everything) {
    this.send({ type: "close_view", view_id: view.id, everything });
  }

  #submit(modal) {
    const flaws = flawsIn(modal.body);
    this.#complain(modal, flaws);
    if (flaws.size) return;
    const given = Object.fromEntries(
      [...modal.body.querySelectorAll(".input [data-kind]")].map((field) => [field.dataset.block, valueOf(field)]),
    );
    if (this.send({ type: "submit", view_id: modal.view.id, given })) this.#wait(modal, true);
  }

  #wait(modal, isWaiting) {
    modal.submit.disabled = isWaiting;
    modal.submit.classList.toggle("is-waiting", isWaiting);
  }

  // A line below each field that something is wrong with, and the first of them gets the focus.
  #complain({ body }, flaws) {
    for (const old of body.querySelectorAll(".flaw")) old.remove();
    for (const field of body.querySelectorAll(".input [data-block]"))
      setAttribute(field, "aria-invalid", flaws.has(field.dataset.block) && "true");
    for (const [block, words] of flaws)
      fieldOf(body, block)
        ?.closest(".input")
        .append(el("p", { class: "flaw", role: "alert" }, words));
    const first = flaws.size && fieldOf(body, flaws.keys().next().value);
    if (first) (first.matches("form") ? first.querySelector("input") : first).focus();
  }

  #pressed(modal, event) {
    const submits = event.key === "Enter" && !event.isComposing && event.target.matches("input:not([type=checkbox], [type=radio])");
    if (!submits) return;
    event.preventDefault();
    this.#submit(modal);
  }
}

function fieldOf(body, block) {
  return body.querySelector(`.input [data-block="${CSS.escape(block)}"]`);
}

// What the browser itself can tell: what is missing, and what is no address or number.
function flawsIn(body) {
  const flaws = new Map();
  for (const field of body.querySelectorAll(".input [data-kind]")) {
    if (field.closest("[data-needed]") && isEmpty(field)) flaws.set(field.dataset.block, "Please fill this in.");
    else if (field.validationMessage) flaws.set(field.dataset.block, field.validationMessage);
  }
  return flaws;
}
