// The page: everything is made and wired here.
//
//   socket ──frames──► store ──► screen (sidebar, channel, thread, modals, inspector)      address ──► route ──► screen
//   composer, menus, blocks ──actions──► socket

import { Acting } from "./acting.js";
import { makeActions } from "./actions.js";
import { Announcer } from "./announcer.js";
import { listenToCopies } from "./copying.js";
import { Follow } from "./follow.js";
import { listenToKeys } from "./keys.js";
import { Notices } from "./notices.js";
import { drawPeople, makePeople } from "./people.js";
import { Picker } from "./picker.js";
import { nameOf } from "./render/person.js";
import { placeName, placesInOrder } from "./render/sidebar.js";
import { currentRoute, go, onRoute } from "./route.js";
import { Screen } from "./screen.js";
import { Connection } from "./socket.js";
import { Store } from "./store.js";
import { Switcher } from "./switcher.js";
import { restoreTheme } from "./theme.js";
import { Unread } from "./unread.js";
import { Writing } from "./writing.js";

const node = (id) => document.getElementById(id);

restoreTheme();
const store = new Store();
const unread = new Unread(store);
const announcer = new Announcer(node("announcer"), store);
const writing = new Writing({
  isApp: (id) => store.user(id).is_bot,
  onBegin: (message) => screen.shows(message) && announcer.began(message),
  onEnd: (message) => screen.shows(message) && announcer.said(message),
  onChange: drawSoon,
});
const connection = new Connection({
  onFrame: (frame) => store.apply(frame),
  onState: (state) => notices.connection(state),
});
const notices = new Notices({ onRetry: () => connection.retry(), announcer });
const picker = new Picker({ emoji: () => store.emoji });
const acting = new Acting({ send, placeOf });
const people = makePeople({ onChoose: become });
const actions = makeActions({ store, send, picker, acting, unread, drawSoon, screen: () => screen });
const screen = new Screen({
  store,
  writing,
  unread,
  actions,
  people,
  send,
  ask: (wish) => connection.send(wish),
  onFailure: (words) => notices.failed(words),
});
const follow = new Follow(store, {
  mayOpen: (channel, ts) => screen.mayOpen(channel, ts),
  open: (channel, ts) => screen.open(channel, ts),
});
const switcher = new Switcher({ places, onChoose: visit });
let isDrawing = false;

store.listen(heard);
onRoute((route) => screen.moved(route));
listenToCopies();
listenToKeys({ switch: () => switcher.open(), step, part: (way) => screen.nextPart(way), inspect: () => actions.inspect() });
document.addEventListener("keydown", (event) => event.key === "Escape" && screen.escape());
document.addEventListener("visibilitychange", seen);
connection.connectAs(new URLSearchParams(location.search).get("user") ?? "");

function heard(frame, before) {
  if (screen.inspector.take(frame)) return; // often, and nothing else changes by it
  follow.heard(frame, before); // first: what the others do depends on what is on the screen
  if (frame.type === "snapshot") began(frame.notice);
  else if (frame.type === "error") failed(frame.text);
  else if (frame.type === "notice") notices.progress(frame);
  else if (frame.type === "opened") go(frame.channel);
  else if (frame.type === "suggestions") acting.suggested(frame);
  else if (frame.type === "view_refused") screen.modals.refused(frame);
  else if (frame.type === "message_deleted") writing.gone(frame.ts);
  else if (frame.type === "message") came(frame.message, before);
  drawSoon();
}

function failed(words) {
  notices.failed(words);
  screen.modals.failed();
}

// A first snapshot, one after a lost connection, or one seen by somebody else.
function began(notice) {
  if (notice) notices.progress(notice); // none where only what its person can see has changed
  const isNewPerson = people.node.dataset.me !== store.me.id;
  people.node.dataset.me = store.me.id;
  writing.clear();
  unread.begin();
  screen.inspector.begin();
  if (!isNewPerson) return;
  unread.left();
  follow.clear();
  screen.clear();
  drawPeople(people, store);
}

function came(message, before) {
  writing.seen(message, before);
  const isNews = !before && message.user !== store.me.id && !store.user(message.user).is_bot;
  if (isNews && screen.shows(message)) announcer.said(message);
  screen.came(message, before);
}

function seen() {
  if (document.visibilityState === "hidden") unread.left();
  drawSoon();
}

// Many frames, one draw: they come in bursts, and what counts is the last of them.
function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  queueMicrotask(() => {
    isDrawing = false;
    screen.draw();
  });
}

function send(action) {
  const hasLeft = connection.send(action);
  if (!hasLeft) notices.failed("There is no connection right now. What you wrote is kept here.");
  return hasLeft;
}

// The message or view an element is in, as the workspace names it.
function placeOf(element) {
  const view = element.closest("[data-view]");
  if (view) return { view_id: view.dataset.view };
  const article = element.closest("article.message");
  return article && { channel: article.dataset.channel, ts: article.dataset.ts };
}

// Where one can go: every channel one is in, and everybody one can write to.
function places() {
  const known = placesInOrder(store).map((channel) => ({
    id: channel.id,
    name: placeName(channel, store),
    other: channel.user && store.user(channel.user),
  }));
  const others = [...store.users.values()].filter(({ id }) => id !== store.me.id && !store.directWith(id));
  return [...known, ...others.map((other) => ({ id: "", name: nameOf(other), other }))];
}

function visit({ id, other }) {
  if (id) go(id);
  else send({ type: "write_to", user: other.id });
}

function step(way, { unread: onlyNews }) {
  const all = placesInOrder(store);
  const here = all.findIndex(({ id }) => id === currentRoute().channel);
  const others = [...all.slice(here + 1), ...all.slice(0, here)]; // in the order one comes to them going down
  const wanted = onlyNews ? others.filter(({ id }) => unread.count(id)) : others;
  const next = wanted.at(way > 0 ? 0 : -1);
  if (next) go(next.id);
}

function become(user) {
  const address = new URL(location.href);
  address.searchParams.set("user", user);
  history.replaceState(null, "", address);
  connection.connectAs(user);
}
