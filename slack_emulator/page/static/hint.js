// What to try first: a card in a channel, suggestions in a conversation that is still empty.

import { remember, remembered } from "./memory.js";
import { el, icon } from "./render/dom.js";
import { avatar, badge, nameOf } from "./render/person.js";

const SONG = "Write me a song about sparkling water";
const FIRST_WORDS = [
  { title: "Say hello", message: "Hello! What can you do?" },
  ...[`${SONG}.`, "Explain in a table how tea, coffee and mate differ."].map((text) => ({ title: text, message: text })),
];

// What to ask an app: what it suggests itself, else a few things that any can answer.
export function promptsOf(store, channel) {
  return store.prompts(channel) ?? FIRST_WORDS;
}

export const hintIsDone = () => remembered("hint-seen") === true;

// Once for this browser, until it is dismissed or somebody asks something.
export function endHint() {
  remember("hint-seen", true);
  document.querySelector(".hint")?.remove();
}

export function makeHint({ bot, onTry }) {
  const mention = `@${nameOf(bot)}`;
  const use = () => {
    endHint();
    onTry(`${mention} ${SONG}.`);
  };
  const close = el(
    "button",
    { class: "tool", type: "button", "aria-label": "Dismiss this hint", "data-testid": "hint-dismiss", onclick: endHint },
    icon("close"),
  );
  return el(
    "section",
    { class: "hint", "aria-label": "Something to try", "data-testid": "hint" },
    avatar(bot),
    el(
      "div",
      {},
      el("strong", {}, "Try it: mention ", el("span", { class: "chip mention" }, mention)),
      el("p", {}, "and watch the answer appear while it is being written."),
    ),
    el("button", { class: "button primary", type: "button", "data-testid": "hint-try", onclick: use }, "Ask for a song"),
    close,
  );
}

// The first thing in every conversation: where one is, and in an empty one with the bot what to say.
export function makeIntro({ store, channel, other, isEmpty, onTry }) {
  if (channel.kind !== "im") {
    return el("div", { class: "intro" }, el("h2", {}, `# ${channel.name}`), el("p", {}, `This is where #${channel.name} begins.`));
  }
  const name = nameOf(other);
  const words = other.is_bot
    ? `Ask ${name} anything. The answer appears here while it is being written.`
    : `Only you and ${name} can read this.`;
  const intro = el(
    "div",
    { class: "intro", "data-testid": isEmpty ? "empty-conversation" : "intro" },
    avatar(other, "large"),
    el("h2", {}, name, other.is_bot && badge()),
    el("p", {}, words),
  );
  if (isEmpty && other.is_bot)
    intro.append(el("div", { class: "suggestions" }, ...promptsOf(store, channel.id).map((prompt) => suggestion(prompt, onTry))));
  return intro;
}

function suggestion({ title, message }, onTry) {
  return el("button", { class: "suggestion", type: "button", "data-testid": "suggestion", onclick: () => onTry(message) }, title);
}
