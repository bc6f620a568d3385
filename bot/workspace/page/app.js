// The page: everything is made and wired here.
//
//   socket ──frames──► store ──► draw (sidebar, channel, thread)        address ──► route ──► draw
//   composer, menus ──actions──► socket

import { Acting } from "./acting.js";
import { Announcer } from "./announcer.js";
import { Drawer } from "./drawer.js";
import { confirmDelete, editInPlace } from "./editing.js";
import { Follow } from "./follow.js";
import { endHint, hintIsDone, makeHint } from "./hint.js";
import { Notices } from "./notices.js";
import { ChannelPane, ThreadPane } from "./panes.js";
import { drawPeople, makePeople } from "./people.js";
import { Picker } from "./picker.js";
import { el, icon } from "./render/dom.js";
import { drawSidebar, makeSidebar, placeName } from "./render/sidebar.js";
import { currentRoute, go, onRoute } from "./route.js";
import { Connection } from "./socket.js";
import { isReply, Store } from "./store.js";
import { restoreTheme, switchTheme } from "./theme.js";
import { asTyped } from "./typed.js";
import { Unread } from "./unread.js";
import { Writing } from "./writing.js";

const NARROW = matchMedia("(max-width: 720px)");
const node = (id) => document.getElementById(id);

restoreTheme();
const store = new Store();
const unread = new Unread(store);
const announcer = new Announcer(node("announcer"), store);
const writing = new Writing({
  isApp: (id) => store.user(id).is_bot,
  onBegin: (message) => isShown(message) && announcer.began(message),
  onEnd: (message) => isShown(message) && announcer.said(message),
  onChange: drawSoon,
});
const connection = new Connection({
  onFrame: (frame) => store.apply(frame),
  onState: (state) => notices.connection(state),
});
const notices = new Notices({ onRetry: () => connection.retry(), announcer });

const picker = new Picker({ emoji: () => store.emoji });
const acting = new Acting({ send, placeOf });

const actions = {
  openThread: ({ channel, ts }) => openThread(channel, ts),
  edit: (message, article) => {
    editInPlace(article, asTyped(message.text, store), (text) => send({ type: "edit", channel: message.channel, ts: message.ts, text }));
  },
  remove: async (message, article) => {
    const isSure = await confirmDelete(message);
    article.focus(); // The button that opened the question is hidden again by now.
    if (isSure) send({ type: "delete", channel: message.channel, ts: message.ts });
  },
  react: ({ channel, ts }, name) => send({ type: "react", channel, ts, name }),
  pickReaction: (message, button) => picker.open(button, (name) => actions.react(message, name)),
  prepare: (content, message) => acting.prepare(content, message, store.me),
};
const candidates = () => [...store.users.values()].filter((user) => user.id !== store.me.id).sort((one, other) => other.is_bot - one.is_bot);
const menuButton = el("button", { class: "tool menu-button", type: "button", "aria-label": "Channels and people", "aria-expanded": "false", "aria-controls": "sidebar", "data-testid": "open-sidebar" }, icon("menu"));
const channelPane = new ChannelPane({ store, writing, actions, candidates, menuButton, onSend: (text) => post(text) });
const threadPane = new ThreadPane({ store, writing, actions, candidates, onSend: (text) => post(text, route.thread), onClose: closeThread });
const people = makePeople({ onChoose: become });
const sidebar = makeSidebar(node("sidebar"), { people: people.node, onTheme: switchTheme });
new Drawer({ sidebar: node("sidebar"), backdrop: node("backdrop"), covered: [node("channel-pane"), node("thread-pane")], button: menuButton });
const follow = new Follow(store, { mayOpen, open: (channel, ts) => go(channel, ts) });

let route = currentRoute();
let focusWanted = ""; // "thread" or "channel": where the reader's own click leads once it is drawn
let isDrawing = false;

store.listen(heard);
onRoute(moved);
document.addEventListener("keydown", (event) => event.key === "Escape" && escape());
document.addEventListener("click", copyCode);
document.addEventListener("visibilitychange", drawSoon);
node("skip").addEventListener("click", () => channelPane.pane.composer.field.focus());
connection.connectAs(new URLSearchParams(location.search).get("user") ?? "");

function heard(frame, before) {
  follow.heard(frame, before); // first: what the others do depends on what is on the screen
  if (frame.type === "snapshot") began();
  else if (frame.type === "error") notices.failed(frame.text);
  else if (frame.type === "message_deleted") writing.gone(frame.ts);
  else if (frame.type === "message") came(frame.message, before);
  drawSoon();
}

// A first snapshot, one after a lost connection, or one seen by somebody else.
function began() {
  const isNewPerson = people.node.dataset.me !== store.me.id;
  people.node.dataset.me = store.me.id;
  writing.clear();
  unread.begin();
  if (!isNewPerson) return;
  follow.clear();
  channelPane.pane.clear();
  threadPane.pane.clear();
  drawPeople(people, store);
}

function came(message, before) {
  writing.seen(message, before);
  if (!before && isShown(message) && message.user !== store.me.id && !store.user(message.user).is_bot) announcer.said(message);
  if (before?.html === message.html || message.channel !== route.channel) return;
  const pane = isReply(message) ? threadPane.pane : channelPane.pane;
  if (!isReply(message) || message.thread_ts === route.thread) pane.scroll.grew();
}

function moved(next) {
  const isElsewhere = next.channel !== route.channel;
  const isOtherThread = isElsewhere || next.thread !== route.thread;
  route = next;
  if (isElsewhere) channelPane.pane.clear();
  if (isOtherThread) threadPane.pane.clear();
  draw();
  if (isElsewhere) channelPane.pane.scroll.toEnd();
  if (isOtherThread) threadPane.pane.scroll.toEnd();
  if (isElsewhere && !NARROW.matches) focusWanted ||= "channel";
  takeFocus();
}

function takeFocus() {
  const pane = { thread: threadPane, channel: channelPane }[focusWanted];
  focusWanted = "";
  pane?.pane.composer.field.focus();
}

// Many frames, one draw: they come in bursts, and what counts is the last of them.
function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => {
    isDrawing = false;
    draw();
  });
}

function draw() {
  if (!store.ready) return;
  const channel = store.channel(route.channel);
  if (!channel) {
    // A first visit, or somebody who is not in that channel. The address changes, and with it comes another draw.
    go(store.channels[0].id, "", { replace: true });
    return;
  }
  if (document.visibilityState === "visible") unread.saw(channel.id);
  drawSidebar(sidebar, store, { channel: channel.id, unread });
  channelPane.draw(channel);
  drawHint(channel);
  if (route.thread) threadPane.draw(channel, route.thread);
  else threadPane.hide();
  node("app").classList.toggle("has-thread", Boolean(route.thread));
  node("app").dataset.ready = "true";
  title(channel);
}

function title(channel) {
  const news = unread.total();
  const place = `${channel.kind === "im" ? "" : "#"}${placeName(channel, store)} · ${store.team.name}`;
  document.title = news ? `(${news}) ${place}` : place;
}

function post(text, threadTs = "") {
  const pane = threadTs ? threadPane.pane : channelPane.pane;
  const hasLeft = send({ type: "post", channel: route.channel, text, ...(threadTs && { thread_ts: threadTs }) });
  if (!hasLeft) return false;
  endHint();
  pane.scroll.toEnd();
  return true;
}

function send(action) {
  const hasLeft = connection.send(action);
  if (!hasLeft) notices.failed("There is no connection right now. What you wrote is kept here.");
  return hasLeft;
}

// The message an element is in, as the workspace names it.
function placeOf(element) {
  const article = element.closest("article.message");
  return article && { channel: article.dataset.channel, ts: article.dataset.ts };
}

function openThread(channel, ts) {
  focusWanted = "thread";
  if (route.thread === ts) takeFocus();
  else go(channel, ts);
}

function closeThread() {
  const ts = route.thread;
  go(route.channel);
  const article = node("channel-pane").querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
  (article ?? channelPane.pane.composer.field).focus();
}

// What has a use for the key of its own (a list of names, a menu) keeps it from coming here; a dialog cannot.
function escape() {
  if (threadPane.isOpen && !document.querySelector("dialog[open]")) closeThread();
}

// The thread opens by itself only beside what the reader looks at, and never over something being written.
function mayOpen(channel, ts) {
  if (channel !== route.channel || ts === route.thread) return false;
  if (NARROW.matches && !channelPane.pane.composer.isEmpty) return false;
  return !route.thread || (threadPane.pane.composer.isEmpty && !threadPane.node.contains(document.activeElement));
}

function isShown(message) {
  return message.channel === route.channel && (!isReply(message) || message.thread_ts === route.thread);
}

function become(user) {
  const address = new URL(location.href);
  address.searchParams.set("user", user);
  history.replaceState(null, "", address);
  connection.connectAs(user);
}

function drawHint(channel) {
  const { above, composer } = channelPane.pane;
  const isWanted = store.bot !== null && channel.kind === "channel" && !hintIsDone();
  if (isWanted === above.childElementCount > 0) return;
  above.replaceChildren(...(isWanted ? [makeHint({ bot: store.bot, onTry: (text) => composer.fill(text) })] : []));
}

async function copyCode({ target }) {
  const button = target.closest("[data-action=copy-code]");
  if (!button) return;
  await navigator.clipboard.writeText(button.closest(".code").querySelector("pre").textContent);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}
