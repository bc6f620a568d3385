// The left column: the workspace, its channels, the people to talk to, and who we are here.

import { hrefOf } from "../route.js";
import { el, icon, keyed, setAttribute, setText } from "./dom.js";
import { avatar, badge, nameOf } from "./person.js";

export function makeSidebar(node, { people, onTheme }) {
  const name = el("strong", {});
  const lists = { channel: el("ul", { class: "places" }), im: el("ul", { class: "places" }) };
  node.append(
    el(
      "header",
      { class: "brand" },
      el("span", { class: "logo", "aria-hidden": "true" }, icon("tape")),
      el("div", {}, name, el("small", {}, "a local workspace on this computer")),
    ),
    el("div", { class: "scroll" }, section("Channels", lists.channel), section("Direct messages", lists.im)),
    el("footer", { class: "whoami" }, people, themeButton(onTheme)),
  );
  return { name, lists };
}

export function drawSidebar(sidebar, store, { channel: current, unread }) {
  setText(sidebar.name, store.team.name);
  for (const kind of ["channel", "im"]) {
    keyed(sidebar.lists[kind], store.channels.filter((channel) => channel.kind === kind), {
      key: (channel) => channel.id,
      make: (channel) => makePlace(channel, store),
      update: (row, channel) => updatePlace(row, channel, { isCurrent: channel.id === current, news: unread.count(channel.id) }),
    });
  }
}

export function placeName(channel, store) {
  return channel.kind === "im" ? nameOf(store.user(channel.user)) : channel.name;
}

function section(title, list) {
  return el("section", {}, el("h2", {}, title), list);
}

function makePlace(channel, store) {
  const other = channel.kind === "im" ? store.user(channel.user) : null;
  return el(
    "li",
    {},
    el(
      "a",
      { class: "place", href: hrefOf(channel.id), "data-testid": `place-${channel.name || nameOf(other)}` },
      other ? avatar(other, "small") : icon("hash"),
      el("span", { class: "place-name" }, placeName(channel, store)),
      other?.is_bot && badge(),
      el("span", { class: "news", "data-testid": "unread", hidden: true }),
    ),
  );
}

function updatePlace(row, channel, { isCurrent, news }) {
  const link = row.firstElementChild;
  const mark = link.querySelector(".news");
  setAttribute(link, "aria-current", isCurrent && "page");
  link.classList.toggle("is-unread", news > 0);
  setAttribute(mark, "hidden", news === 0);
  setText(mark, news ? String(Math.min(news, 99)) : "");
  setAttribute(mark, "aria-label", news ? `${news} unread` : null);
}

function themeButton(onTheme) {
  const label = "Switch between light and dark";
  return el("button", { class: "tool", type: "button", "aria-label": label, title: label, "data-testid": "theme", onclick: onTheme }, icon("theme"));
}
