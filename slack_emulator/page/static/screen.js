// What is on the screen: which panes are open, what is drawn in them, and where the focus goes.

import { upload } from "./attaching.js";
import { Drawer } from "./drawer.js";
import { endHint, hintIsDone, makeHint } from "./hint.js";
import { Inspector } from "./inspector/inspector.js";
import { Modals } from "./modals.js";
import { ChannelPane, ThreadPane } from "./panes.js";
import { el, icon } from "./render/dom.js";
import { drawSidebar, makeSidebar, placeName } from "./render/sidebar.js";
import { currentRoute, go, hrefOf, sideOf } from "./route.js";
import { isReply } from "./store.js";
import { switchTheme } from "./theme.js";

const NARROW = matchMedia("(max-width: 720px)");
const node = (id) => document.getElementById(id);

export class Screen {
  #focusWanted = ""; // "thread" or "channel": where the reader's own click leads once it is drawn

  constructor({ store, writing, unread, actions, people, send, ask, onFailure }) {
    Object.assign(this, { store, unread, send, ask, onFailure });
    this.route = currentRoute();
    const candidates = () =>
      [...store.users.values()].filter((user) => user.id !== store.me.id).sort((one, other) => other.is_bot - one.is_bot);
    const menuButton = el(
      "button",
      {
        class: "tool menu-button",
        type: "button",
        "aria-label": "Channels and people",
        "aria-expanded": "false",
        "aria-controls": "sidebar",
        "data-testid": "open-sidebar",
      },
      icon("menu"),
    );
    this.channelPane = new ChannelPane({
      store,
      writing,
      unread,
      actions,
      candidates,
      menuButton,
      here: () => this.route,
      onSend: (text, files) => this.#post({ text, files }, this.channelPane, { channel: this.route.channel }),
    });
    this.threadPane = new ThreadPane({
      store,
      writing,
      actions,
      candidates,
      onSend: (text, files) => this.#post({ text, files }, this.threadPane, sideOf(this.route)),
      onClose: () => this.closeSide(),
    });
    this.sidebar = makeSidebar(node("sidebar"), {
      people: people.node,
      tools: [tool("wire", "Look at the wire (Alt I)", () => this.inspect()), tool("theme", "Switch between light and dark", switchTheme)],
    });
    this.modals = new Modals({ store, send, prepare: actions.prepare });
    this.inspector = new Inspector(node("inspector"), { ask, onFailure, onToggle: () => this.#inspected() });
    new Drawer({
      sidebar: node("sidebar"),
      backdrop: node("backdrop"),
      covered: [node("channel-pane"), node("thread-pane")],
      button: menuButton,
    });
    node("skip").addEventListener("click", () => this.channelPane.pane.composer.field.focus());
  }

  // Another person looks on: nothing of the last one stays.
  clear() {
    this.channelPane.pane.clear();
    this.threadPane.pane.clear();
  }

  draw() {
    const { store, route } = this;
    if (!store.ready) return;
    const channel = store.channel(route.channel);
    if (!channel) {
      // A first visit, or somebody who is not in that channel. The address changes, and with it comes another draw.
      go(store.channels[0].id, {}, { replace: true });
      return;
    }
    if (document.visibilityState === "visible") this.unread.saw(channel.id);
    drawSidebar(this.sidebar, store, { channel: channel.id, unread: this.unread });
    this.channelPane.draw(channel, route);
    this.#drawHint(channel);
    this.#drawSide(sideOf(route));
    this.modals.draw(store.modals());
    node("app").dataset.ready = "true";
    this.#title(channel);
  }

  moved(next) {
    const isElsewhere = next.channel !== this.route.channel || next.tab !== this.route.tab;
    const isOtherThread = hrefOf("", sideOf(next) ?? {}) !== hrefOf("", sideOf(this.route) ?? {}) || next.agent !== this.route.agent;
    this.#visit(next);
    this.route = next;
    if (isElsewhere) this.channelPane.pane.clear();
    if (isOtherThread) this.threadPane.pane.clear();
    this.draw();
    if (isElsewhere) this.channelPane.pane.scroll.toEnd();
    if (isOtherThread) this.threadPane.pane.scroll.toEnd();
    if (isOtherThread && next.agent && !NARROW.matches) this.#focusWanted ||= "thread";
    if (isElsewhere && !NARROW.matches) this.#focusWanted ||= "channel";
    this.#takeFocus();
  }

  // Who looks at an app's home or speaks with it is announced to it, as on Slack.
  #visit({ channel, tab, agent }) {
    const { route, store } = this;
    const isNew = agent !== route.agent || channel !== route.channel || tab !== route.tab;
    const seen = store.channel(agent || channel);
    if (isNew && seen?.kind === "im" && store.user(seen.user).is_bot)
      this.ask({ type: "visit", channel: seen.id, tab: tab && !agent ? tab : "messages" });
  }

  // A message came or changed: whoever reads further up is told.
  came(message, before) {
    // What was asked beside the channel has begun a conversation.
    const { agent, thread, channel } = this.route;
    if (!before && agent && !thread && message.channel === agent && message.user === this.store.me.id && !isReply(message))
      go(channel, { agent, thread: message.ts }, { replace: true });
    if (before?.html === message.html || !this.shows(message)) return;
    (isReply(message) ? this.threadPane : this.channelPane).pane.scroll.grew();
  }

  shows(message) {
    const side = sideOf(this.route);
    const isInThread = message.channel === side?.channel && message.thread_ts === side.thread;
    return isReply(message) && !message.broadcast ? isInThread : isInThread || message.channel === this.route.channel;
  }

  open(channel, thread) {
    go(channel, { thread });
  }

  openThread(channel, ts) {
    this.#focusWanted = "thread";
    const side = sideOf(this.route);
    if (side?.channel === channel && side.thread === ts) this.#takeFocus();
    else this.open(channel, ts);
  }

  closeSide() {
    const ts = this.route.thread;
    go(this.route.channel);
    const article = node("channel-pane").querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
    (article ?? this.channelPane.pane.composer.field).focus();
  }

  // What has a use for the key of its own (a list of names, a menu) keeps it from coming here; a dialog cannot.
  escape() {
    if (this.threadPane.isOpen && !document.querySelector("dialog[open]")) this.closeSide();
  }

  // The thread opens by itself only beside what the reader looks at, and never over something being written.
  mayOpen(channel, ts) {
    if (channel !== this.route.channel || ts === this.route.thread) return false;
    if (NARROW.matches && !this.channelPane.pane.composer.isEmpty) return false;
    const { pane, node: side } = this.threadPane;
    return !sideOf(this.route) || (pane.composer.isEmpty && !side.contains(document.activeElement));
  }

  // From one part of the page to the next, for a reader without a mouse.
  nextPart(way) {
    const parts = [node("sidebar"), node("channel-pane"), node("thread-pane"), node("inspector")].filter((part) => part.checkVisibility());
    const here = parts.findIndex((part) => part.contains(document.activeElement));
    const next = parts.at((here + way) % parts.length);
    (next.querySelector("textarea") ?? next.querySelector("[aria-current], [tabindex='0'], button, a"))?.focus();
  }

  inspect() {
    this.inspector.toggle();
  }

  #inspected() {
    node("app").classList.toggle("has-dock", this.inspector.isOpen);
    if (!this.inspector.isOpen) this.channelPane.pane.composer.field.focus();
  }

  #takeFocus() {
    const pane = { thread: this.threadPane, channel: this.channelPane }[this.#focusWanted];
    this.#focusWanted = "";
    pane?.pane.composer.field.focus();
  }

  #drawSide(side) {
    const channel = side && this.store.channel(side.channel);
    if (channel) this.threadPane.draw(channel, side.thread, { beside: this.route.agent && this.route.channel });
    else this.threadPane.hide();
    node("app").classList.toggle("has-thread", Boolean(channel));
  }

  #title(channel) {
    const news = this.unread.total();
    const place = `${channel.kind === "im" ? "" : "#"}${placeName(channel, this.store)} · ${this.store.team.name}`;
    document.title = news ? `(${news}) ${place}` : place;
  }

  // Whether it left; with files that is known only later.
  #post({ text, files }, { pane }, { channel, thread = "" }) {
    const said = { channel, text, ...(thread && { thread_ts: thread }) };
    const isCommand = text.startsWith("/") && this.store.commands.includes(text.split(" ")[0]);
    const sending = files.length ? this.#upload(files, said) : this.send({ type: isCommand ? "command" : "post", ...said });
    if (sending) endHint();
    if (sending) pane.scroll.toEnd();
    return sending;
  }

  async #upload(files, said) {
    const failure = await upload(files, { ...said, user: this.store.me.id });
    if (failure) this.onFailure(failure);
    return failure === null;
  }

  #drawHint(channel) {
    const { above, composer } = this.channelPane.pane;
    const isWanted = this.store.bot !== null && channel.kind === "channel" && !hintIsDone();
    if (isWanted === above.childElementCount > 0) return;
    above.replaceChildren(...(isWanted ? [makeHint({ bot: this.store.bot, onTry: (text) => composer.say(text) })] : []));
  }
}

function tool(symbol, label, press) {
  return el(
    "button",
    { class: "tool", type: "button", "aria-label": label, title: label, "data-testid": symbol, onclick: press },
    icon(symbol),
  );
}
