// The two columns of messages: the channel, and the thread beside it.

import { makeIntro } from "./hint.js";
import { el, icon, setAttribute, setText } from "./render/dom.js";
import { Pane } from "./render/pane.js";
import { avatar, nameOf } from "./render/person.js";
import { placeName } from "./render/sidebar.js";
import { activityIn } from "./render/thread_line.js";
import { threadTimeline, timeline } from "./render/timeline.js";

export class ChannelPane {
  constructor({ store, writing, unread, actions, onSend, candidates, menuButton }) {
    Object.assign(this, { store, writing, unread });
    this.face = el("span", { class: "head-face", "aria-hidden": "true" });
    const lead = el("div", { class: "head-lead" }, menuButton, this.face);
    this.pane = new Pane(document.getElementById("channel-pane"), { name: "channel", heading: "h1", lead, actions, onSend, candidates });
  }

  draw(channel) {
    const other = channel.kind === "im" ? this.store.user(channel.user) : null;
    const name = placeName(channel, this.store);
    const messages = this.store.roots(channel.id);
    this.#head(channel, other, name);
    this.pane.composer.show(channel.id, other ? `Message ${name}` : `Message #${name}`);
    this.pane.draw({
      rows: timeline(messages, { after: this.unread.lineIn(channel.id), me: this.store.me.id }),
      view: (row) => this.#view(row),
      status: said(this.store, this.store.status(channel.id, null)),
      intro: { key: `${channel.id} ${messages.length === 0}`, make: () => this.#intro(channel, other, messages.length === 0) },
    });
  }

  #head(channel, other, name) {
    setText(this.pane.title, name);
    setText(this.pane.subtitle, other?.is_bot ? "App" : (channel.topic ?? ""));
    setAttribute(this.pane.list, "aria-label", `Messages in ${name}`);
    if (this.face.dataset.place === channel.id) return;
    this.face.dataset.place = channel.id;
    this.face.replaceChildren(other ? avatar(other, "small") : icon("hash"));
  }

  #view({ message, lead }) {
    const { store, writing } = this;
    const replies = message.reply_count ? store.replies(message.channel, message.ts) : [];
    const thread = {
      replies: message.reply_count ?? 0,
      people: (message.reply_users ?? []).map((id) => store.user(id)),
      last: replies.at(-1)?.ts ?? "",
      activity: activityIn(store, writing, message.channel, message.ts),
    };
    return { message, lead, thread, store, user: store.user(message.user), me: store.me, inThread: false, isWriting: writing.has(message) };
  }

  #intro(channel, other, isEmpty) {
    return makeIntro({ channel, other, isEmpty, onTry: (text) => this.pane.composer.fill(text) });
  }
}

// Here the thread takes the channel's place: it is the page, and its title the first heading.
const ALONE = matchMedia("(max-width: 1080px)");

export class ThreadPane {
  constructor({ store, writing, actions, onSend, candidates, onClose }) {
    Object.assign(this, { store, writing });
    const close = el("button", { class: "tool close", type: "button", "aria-label": "Close the thread", title: "Close (Esc)", "data-testid": "close-thread", onclick: onClose }, icon("close"), icon("back"));
    this.node = document.getElementById("thread-pane");
    this.pane = new Pane(this.node, { name: "thread", heading: "h2", lead: "", trail: close, actions, onSend, candidates });
    setText(this.pane.title, "Thread");
    ALONE.addEventListener("change", () => this.#rank());
    this.#rank();
    setAttribute(this.pane.list, "aria-label", "Messages in the thread");
  }

  get isOpen() {
    return !this.node.hidden;
  }

  draw(channel, threadTs) {
    const { store } = this;
    const root = store.message(channel.id, threadTs);
    const replies = store.replies(channel.id, threadTs);
    setAttribute(this.node, "hidden", false);
    setText(this.pane.subtitle, channel.kind === "im" ? `with ${nameOf(store.user(channel.user))}` : `#${channel.name}`);
    this.pane.composer.show(threadTs, "Reply…");
    this.pane.draw({
      rows: threadTimeline(root, replies),
      view: (row) => this.#view(row),
      status: said(store, store.status(channel.id, threadTs)),
      intro: root ? null : { key: "gone", make: () => el("p", { class: "intro" }, "The message that began this thread is gone.") },
    });
  }

  #rank() {
    setAttribute(this.node, "role", ALONE.matches ? "main" : "complementary");
    setAttribute(this.pane.title, "aria-level", ALONE.matches ? "1" : "2");
  }

  hide() {
    setAttribute(this.node, "hidden", true);
  }

  #view({ message, lead }) {
    const { store, writing } = this;
    return { message, lead, store, inThread: true, user: store.user(message.user), me: store.me, isWriting: writing.has(message) };
  }
}

function said(store, status) {
  return status ? `${nameOf(store.user(status.user))} ${status.text}` : "";
}
