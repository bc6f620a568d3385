// One message: made once, then only what changed about it is written. Every draw of an unchanged message costs one comparison.

import { isReply } from "../store.js";
import { clock, fullTime, shortClock } from "../times.js";
import { el, icon, setAttribute, setText } from "./dom.js";
import { makeExtras, writeExtras } from "./extras.js";
import { morph } from "./morph.js";
import { avatar, badge, nameOf } from "./person.js";
import { threadLine } from "./thread_line.js";

const parts = new WeakMap(); // row -> the elements in it that change

// `view` is { message, user, me, store, lead, inThread, isWriting, thread }; `actions` what its buttons do.
export function makeRow(view, actions) {
  const { message, user } = view;
  const made = {
    gutter: el("div", { class: "gutter" }, avatar(user, "", view.store.emoji[message.author?.emoji]), shortTime(message.ts)),
    byline: el(
      "div",
      { class: "byline" },
      el("span", { class: "name" }, message.author?.name || nameOf(user)),
      user.is_bot && badge(),
      longTime(message.ts),
      message.ephemeral && onlyYou(),
      isEcho(view) && echoed(message, actions),
    ),
    writing: el("span", { class: "writing", hidden: true, "data-testid": "writing" }, "writing"),
    body: el("div", { class: "body", dir: "auto", "data-testid": "message-body" }),
    edited: el("span", { class: "edited", hidden: true }, "(edited)"),
    extras: makeExtras(),
    thread: el("div", { class: "thread-slot" }),
    tools: toolbar(view, actions),
    seen: {},
  };
  made.byline.append(made.writing);
  const article = el(
    "article",
    {
      class: "message",
      tabindex: "-1",
      "aria-label": `${nameOf(user)}, ${clock(message.ts)}`,
      "data-testid": "message",
      "data-ts": message.ts,
      "data-channel": message.channel,
    },
    made.gutter,
    el("div", { class: "content" }, made.byline, made.body, made.edited, made.extras.node, made.thread),
    made.tools,
  );
  const row = el("li", { class: "row" }, article);
  parts.set(row, made);
  return row;
}

export function updateRow(row, view, actions) {
  const made = parts.get(row);
  const { message, lead, isWriting } = view;
  row.classList.toggle("lead", lead);
  row.classList.toggle("is-writing", isWriting);
  setAttribute(made.writing, "hidden", !isWriting);
  if (made.seen.message !== message) writeMessage(made, view, actions);
  writeThread(made, view, actions);
}

function writeMessage(made, view, actions) {
  const { message, me } = view;
  if (message.deleted) made.tools?.remove();
  morph(made.body, message.html, (content) => {
    markMentions(content, me);
    actions.prepare(content, message);
  });
  setAttribute(made.edited, "hidden", !message.edited);
  writeExtras(made.extras, view, actions);
  made.seen.message = message;
}

function writeThread(made, view, actions) {
  const line = view.inThread ? null : threadLine(view, actions);
  const said = line?.dataset.said ?? "";
  if (made.seen.thread === said) return;
  const hadFocus = made.thread.contains(document.activeElement);
  made.thread.replaceChildren(...(line ? [line] : []));
  made.seen.thread = said;
  if (hadFocus) line?.focus();
}

function markMentions(content, me) {
  for (const chip of content.querySelectorAll("[data-user]")) chip.classList.toggle("me", chip.dataset.user === me.id);
}

// Null where there is nothing to do with it, as with what was deleted. What an app said may be deleted by everybody: all are
// admins here.
function toolbar({ message, user, me, inThread }, actions) {
  if (message.deleted) return null;
  const mine = message.user === me.id;
  const isKept = !message.ephemeral;
  const tools = [
    isKept && tool("smile", "Add a reaction", "react", (article, button) => actions.pickReaction(message, button)),
    !inThread &&
      tool("thread", "Reply in a thread", "reply", () =>
        actions.openThread({ channel: message.channel, ts: message.thread_ts || message.ts }),
      ),
    !inThread && isKept && tool("unread", "Mark as unread from here", "unread", () => actions.markUnread(message)),
    mine && tool("edit", "Edit", "edit", (article) => actions.edit(message, article)),
    (mine || user.is_bot) && isKept && tool("trash", "Delete", "delete", (article) => actions.remove(message, article)),
  ].filter(Boolean);
  return tools.length ? el("div", { class: "toolbar", role: "toolbar", "aria-label": "What to do with this message" }, ...tools) : null;
}

// `press` gets the message's element and the button.
function tool(symbol, label, name, press) {
  const onclick = ({ currentTarget }) => press(currentTarget.closest("article"), currentTarget);
  return el(
    "button",
    { class: "tool", type: "button", "aria-label": label, title: label, "data-testid": `${name}-message`, onclick },
    icon(symbol),
  );
}

// A reply that was sent to the channel as well.
function isEcho({ message, inThread }) {
  return !inThread && isReply(message);
}

function echoed(message, actions) {
  const press = () => actions.openThread({ channel: message.channel, ts: message.thread_ts });
  return el("button", { class: "echo", type: "button", "data-testid": "echo", onclick: press }, "replied to a thread");
}

function onlyYou() {
  return el("span", { class: "only-you" }, "Only visible to you");
}

function shortTime(ts) {
  return el("time", { class: "short-time", "aria-hidden": "true" }, shortClock(ts));
}

function longTime(ts) {
  return el("time", { title: fullTime(ts) }, clock(ts));
}

// A line across the column: a day, how many replies follow, or where the news begins.
export function lineRow(row) {
  return el("li", { class: row.isNew ? "day new" : "day", "data-testid": row.isNew ? "new-line" : null }, el("span", {}, lineWords(row)));
}

export function updateLineRow(node, row) {
  setText(node.firstElementChild, lineWords(row));
}

function lineWords({ day, count, isNew }) {
  return isNew ? "New" : (day ?? replyWords(count));
}

export function replyWords(count) {
  return count === 1 ? "1 reply" : `${count} replies`;
}
