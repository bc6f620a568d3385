// How a person or an app looks: their picture, and their name with the badge that says an app speaks.

import { el, icon } from "./dom.js";

// The app has the punched tape for a face, or the sign it speaks under; people have their initials on their own colour.
export function avatar(user, size = "", sign = "") {
  const node = el("span", { class: `avatar ${size} ${user.is_bot ? "is-app" : ""}`, "aria-hidden": "true" });
  node.append(sign || (user.is_bot ? icon("tape") : initials(user.real_name || user.name)));
  // Through the object model: the page's policy allows no style in markup.
  if (!user.is_bot) node.style.setProperty("--person", user.color ?? "#64706a");
  return node;
}

export function badge() {
  return el("span", { class: "badge", title: "A program, not a person" }, "APP");
}

export function nameOf(user) {
  return user.real_name || user.name;
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  return words
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join("");
}
