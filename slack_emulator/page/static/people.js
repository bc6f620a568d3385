// "You are Ada ▾": one browser, several people. Choosing another connects again as that person.

import { el, icon, setAttribute } from "./render/dom.js";
import { avatar, nameOf } from "./render/person.js";

export function makePeople({ onChoose }) {
  const label = el("span", { class: "me-name" });
  const face = el("span", { class: "me-face" });
  const menu = el("ul", { class: "menu", role: "menu", "aria-label": "Be somebody else", hidden: true, "data-testid": "people-menu" });
  const button = el(
    "button",
    { class: "me-button", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "data-testid": "people" },
    face,
    el("span", { class: "me-words" }, el("small", {}, "You are"), label),
    icon("caret"),
  );
  const people = { node: el("div", { class: "people" }, menu, button), button, menu, label, face, onChoose };
  button.addEventListener("click", () => toggle(people, menu.hidden));
  people.node.addEventListener("keydown", (event) => pressed(people, event));
  people.node.addEventListener("focusout", (event) => people.node.contains(event.relatedTarget) || toggle(people, false));
  return people;
}

export function drawPeople(people, store) {
  people.label.textContent = nameOf(store.me);
  people.face.replaceChildren(avatar(store.me, "small"));
  const humans = [...store.users.values()].filter((user) => !user.is_bot);
  people.menu.replaceChildren(...humans.map((user) => choice(people, user, user.id === store.me.id)));
}

function choice(people, user, isMe) {
  const choose = () => {
    toggle(people, false);
    people.button.focus();
    people.onChoose(user.id);
  };
  return el(
    "li",
    { role: "none" },
    el(
      "button",
      {
        type: "button",
        role: "menuitemradio",
        "aria-checked": String(isMe),
        tabindex: "-1",
        "data-testid": `be-${user.name}`,
        onclick: choose,
      },
      avatar(user, "small"),
      el("span", {}, nameOf(user)),
      isMe && icon("check"),
    ),
  );
}

function toggle(people, open) {
  setAttribute(people.menu, "hidden", !open);
  people.button.setAttribute("aria-expanded", String(open));
  if (open) (people.menu.querySelector("[aria-checked=true]") ?? people.menu.querySelector("button")).focus();
}

function pressed(people, event) {
  if (people.menu.hidden) return;
  const choices = [...people.menu.querySelectorAll("button")];
  const at = choices.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choices.length - 1 };
  if (event.key === "Escape") {
    toggle(people, false);
    people.button.focus();
  } else if (event.key in steps) choices.at(steps[event.key] % choices.length).focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
