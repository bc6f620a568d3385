// A conversation with an app beside whatever one is reading: how it greets, what it offers to ask, and what was asked before.

import { promptsOf } from "./hint.js";
import { plainWords } from "./announcer.js";
import { el, icon, setAttribute } from "./render/dom.js";
import { avatar, nameOf } from "./render/person.js";
import { go, hrefOf } from "./route.js";
import { clock } from "./times.js";

const EARLIER = 8;

// The button above a channel that opens it.
export function makeAgentButton({ store, here }) {
  const press = () => go(here().channel, here().agent ? {} : { agent: store.directWith(store.bot.id)?.id ?? "" });
  return el(
    "button",
    {
      class: "tool ask",
      type: "button",
      "data-testid": "open-agent",
      onclick: press,
    },
    icon("tape"),
  );
}

// Says on the button whom it asks.
export function nameAgentButton(button, app) {
  const label = `Ask ${nameOf(app)} beside this`;
  setAttribute(button, "aria-label", label);
  setAttribute(button, "title", label);
}

// The pane while nothing has been asked in it yet. `onTry(text)` asks it.
export function agentIntro({ store, channel, here, onTry }) {
  const app = store.user(channel.user);
  return {
    key: [
      "agent",
      channel.id,
      ...lastAsked(store, channel).map((message) => titleOf(store, message)),
      ...promptsOf(store, channel.id).map(({ title }) => title),
    ].join(" "),
    make: () =>
      el(
        "div",
        { class: "intro", "data-testid": "agent-intro" },
        avatar(app, "large"),
        el("h2", {}, `Ask ${nameOf(app)}`),
        el("p", {}, "The answer appears here, and the channel stays where it is."),
        prompts(store, channel, onTry),
        earlier(store, channel, here),
      ),
  };
}

function prompts(store, channel, onTry) {
  const buttons = promptsOf(store, channel.id).map(({ title, message }) =>
    el("button", { class: "suggestion", type: "button", "data-testid": "suggestion", onclick: () => onTry(message) }, title),
  );
  return el("div", { class: "suggestions" }, ...buttons);
}

function earlier(store, channel, here) {
  const asked = lastAsked(store, channel);
  if (!asked.length) return null;
  const rows = asked.map((message) =>
    el(
      "li",
      {},
      el(
        "a",
        { href: hrefOf(here, { agent: channel.id, thread: message.ts }), "data-testid": "earlier" },
        el("span", {}, titleOf(store, message)),
        el("time", {}, clock(message.ts)),
      ),
    ),
  );
  return el("section", { class: "earlier" }, el("h3", {}, "Earlier"), el("ul", {}, ...rows));
}

function lastAsked(store, channel) {
  return store.roots(channel.id).slice(-EARLIER).reverse();
}

// What the app called the conversation, else its first words.
export function titleOf(store, message) {
  return store.titleOf(message.channel, message.ts) || plainWords(message.html).slice(0, 80);
}
