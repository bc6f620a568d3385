// The left column: the workspace, its channels, the people to talk to, and who we are here.

import { hrefOf } from "../route.js";
import { el, icon, keyed, setAttribute, setText } from "./dom.js";
import { avatar, badge, nameOf } from "./person.js";

const SIGNS = { channel: "hash", group: "lock", mpim: "thread" };
const SECTIONS = [
  { title: "Channels", kind: "channel", holds: ({ kind }) => kind === "channel" || kind === "group" },
  {
    title: "Direct messages",
    kind: "im",
    holds: ({ kind, user }, store) => kind === "mpim" || (kind === "im" && !store.user(user).is_bot),
  },
  { title: "Apps", kind: "app", holds: (channel, store) => channel.kind === "im" && store.user(channel.user).is_bot },
];

export function makeSidebar(node, { people, tools }) {
  const name = el("strong", {});
  const lists = Object.fromEntries(SECTIONS.map(({ title, kind }) => [kind, el("ul", { class: "places", "aria-label": title })]));
  node.append(
    el(
      "header",
      { class: "brand" },
      el("span", { class: "logo", "aria-hidden": "true" }, icon("tape")),
      el("div", {}, name, el("small", {}, "a local workspace on this computer")),
    ),
    el("div", { class: "scroll" }, ...SECTIONS.map(({ title, kind }) => section(title, lists[kind]))),
    el("footer", { class: "whoami" }, people, ...tools),
  );
  return { name, lists };
}

export function drawSidebar(sidebar, store, { channel: current, unread }) {
  setText(sidebar.name, store.team.name);
  for (const { kind, holds } of SECTIONS) {
    const places = store.channels.filter((channel) => holds(channel, store));
    setAttribute(sidebar.lists[kind].parentElement, "hidden", places.length === 0);
    keyed(sidebar.lists[kind], places, {
      key: (channel) => channel.id,
      make: (channel) => makePlace(channel, store),
      update: (row, channel) =>
        updatePlace(row, channel, {
          isCurrent: channel.id === current,
          news: unread.count(channel.id),
          isForMe: unread.isForMe(channel.id),
        }),
    });
  }
}

// The places in the order they stand in.
export function placesInOrder(store) {
  return SECTIONS.flatMap(({ holds }) => store.channels.filter((channel) => holds(channel, store)));
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
      other ? avatar(other, "small") : icon(SIGNS[channel.kind]),
      el("span", { class: "place-name" }, placeName(channel, store)),
      other?.is_bot && badge(),
      el("span", { class: "news", "data-testid": "unread", hidden: true }),
    ),
  );
}

function updatePlace(row, channel, { isCurrent, news, isForMe }) {
  const link = row.firstElementChild;
  const mark = link.querySelector(".news");
  setAttribute(link, "aria-current", isCurrent && "page");
  link.classList.toggle("is-unread", news > 0);
  mark.classList.toggle("is-for-me", isForMe);
  setAttribute(mark, "hidden", news === 0);
  setText(mark, news ? String(Math.min(news, 99)) : "");
  setAttribute(mark, "aria-label", news ? `${news} unread` : null);
}
