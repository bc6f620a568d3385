// What stands under a message's words: its files, and the emoji people put there.

import { el, icon, keyed, setAttribute, setText } from "./dom.js";
import { nameOf } from "./person.js";

export function makeExtras() {
  const files = el("ul", { class: "files" });
  const reactions = el("ul", { class: "reactions" });
  return { node: el("div", { class: "extras" }, files, reactions), files, reactions };
}

// `view` as for a message; `actions.react(message, name)` puts one's own emoji there or takes it back.
export function writeExtras(extras, { message, me, store }, actions) {
  keyed(extras.files, message.files ?? [], { key: ({ id, name }) => id ?? name, make: file, update: () => {} });
  keyed(extras.reactions, message.reactions ?? [], {
    key: ({ name }) => name,
    make: ({ name }) => reaction(name, message, actions),
    update: (row, { name, users }) => writeReaction(row.firstElementChild, { name, users, me, store }),
  });
  const isEmpty = !extras.files.childElementCount && !extras.reactions.childElementCount;
  setAttribute(extras.node, "hidden", isEmpty);
}

function file({ name, url, alt, mimetype = "", size }) {
  if (url && mimetype.startsWith("image/"))
    return el(
      "li",
      {},
      el("a", { class: "file-picture", href: url, target: "_blank" }, el("img", { src: url, alt: alt ?? name, loading: "lazy" })),
    );
  const words = [icon("file"), el("span", {}, name), size ? el("small", {}, inWords(size)) : ""];
  return el(
    "li",
    {},
    url ? el("a", { class: "file", href: url, target: "_blank", download: name }, ...words) : el("span", { class: "file" }, ...words),
  );
}

function inWords(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function reaction(name, message, actions) {
  const press = () => actions.react(message, name);
  return el(
    "li",
    {},
    el(
      "button",
      { class: "reaction", type: "button", "data-testid": "reaction", onclick: press },
      el("span", { class: "sign-of" }),
      " ",
      el("span", { class: "how-many" }),
    ),
  );
}

function writeReaction(button, { name, users, me, store }) {
  const [sign, count] = button.querySelectorAll("span");
  const people = users.map((id) => (id === me.id ? "you" : nameOf(store.user(id)))).join(", ");
  setText(sign, store.emoji[name] ?? `:${name}:`);
  setText(count, String(users.length));
  setAttribute(button, "aria-pressed", String(users.includes(me.id)));
  setAttribute(button, "title", `${people} reacted with :${name}:`);
  setAttribute(button, "aria-label", `:${name}:, ${users.length}: ${people}`);
}
