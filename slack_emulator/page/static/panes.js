// The two columns of messages: the channel, and the thread beside it.

import { agentIntro, makeAgentButton, nameAgentButton, titleOf } from "./agent.js";
import { makeIntro } from "./hint.js";
import { Home } from "./home.js";
import { el, icon, setAttribute, setText } from "./render/dom.js";
import { Pane } from "./render/pane.js";
import { avatar, nameOf } from "./render/person.js";
import { placeName } from "./render/sidebar.js";
import { activityIn } from "./render/thread_line.js";
import { threadTimeline, timeline } from "./render/timeline.js";
import { hrefOf } from "./route.js";

export class ChannelPane {
  constructor({ store, writing, unread, actions, onSend, candidates, menuButton, here }) {
    Object.assign(this, { store, writing, unread });
    this.agentButton = makeAgentButton({ store, here });
    this.home = new Home({ store, prepare: actions.prepare });
    this.face = el("span", { class: "head-face", "aria-hidden": "true" });
    const lead = el("div", { class: "head-lead" }, menuButton, this.face);
    this.pane = new Pane(document.getElementById("channel-pane"), {
      name: "channel",
      heading: "h1",
      lead,
      trail: this.agentButton,
      actions,
      onSend,
      candidates,
    });
    this.pane.head.after(this.home.tabs);
    this.pane.node.append(this.home.node);
  }

  // `tab` is "home" where an app's home is wanted instead of what was said.
  draw(channel, { tab, agent }) {
    const other = channel.kind === "im" ? this.store.user(channel.user) : null;
    const name = placeName(channel, this.store);
    const messages = this.store.roots(channel.id);
    this.#head(channel, other, name);
    this.home.draw(channel, other, tab);
    const isHome = !this.home.node.hidden;
    for (const node of [this.pane.middle, this.pane.above, this.pane.composer.node]) setAttribute(node, "hidden", isHome);
    setAttribute(this.agentButton, "hidden", !this.store.bot || Boolean(other?.is_bot));
    setAttribute(this.agentButton, "aria-pressed", String(Boolean(agent)));
    if (this.store.bot) nameAgentButton(this.agentButton, this.store.bot);
    this.pane.composer.show(channel.id, other ? `Message ${name}` : `Message #${name}`);
    this.pane.draw({
      rows: timeline(messages, { after: this.unread.lineIn(channel.id), me: this.store.me.id }),
      view: (row) => this.#view(row),
      status: said(this.store, this.store.status(channel.id, null), this.pane.actions),
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
    return makeIntro({ store: this.store, channel, other, isEmpty, onTry: (text) => this.pane.composer.say(text) });
  }
}

// Here the thread takes the channel's place: it is the page, and its title the first heading.
const ALONE = matchMedia("(max-width: 1080px)");

export class ThreadPane {
  constructor({ store, writing, actions, onSend, candidates, onClose }) {
    Object.assign(this, { store, writing });
    const close = el(
      "button",
      {
        class: "tool close",
        type: "button",
        "aria-label": "Close the thread",
        title: "Close (Esc)",
        "data-testid": "close-thread",
        onclick: onClose,
      },
      icon("close"),
      icon("back"),
    );
    this.fresh = el(
      "a",
      { class: "tool", "aria-label": "All conversations", title: "All conversations", "data-testid": "all-conversations", hidden: true },
      icon("back"),
    );
    this.node = document.getElementById("thread-pane");
    this.pane = new Pane(this.node, { name: "thread", heading: "h2", lead: this.fresh, trail: close, actions, onSend, candidates });
    ALONE.addEventListener("change", () => this.#rank());
    this.#rank();
    setAttribute(this.pane.list, "aria-label", "Messages in the thread");
  }

  get isOpen() {
    return !this.node.hidden;
  }

  // `beside` is the channel the reader is in, where this is a conversation with an app beside it, and not a thread of it.
  draw(channel, threadTs, { beside = "" } = {}) {
    const { store, pane } = this;
    const root = threadTs ? store.message(channel.id, threadTs) : null;
    setAttribute(this.node, "hidden", false);
    this.#head(channel, root, beside);
    pane.composer.show(`${channel.id} ${threadTs}`, threadTs ? "Reply…" : `Ask ${nameOf(store.user(channel.user))}`);
    pane.draw({
      rows: threadTs ? threadTimeline(root, store.replies(channel.id, threadTs)) : [],
      view: (row) => this.#view(row),
      status: said(store, store.status(channel.id, threadTs), pane.actions),
      intro: this.#intro(channel, threadTs, root, beside),
    });
  }

  #head(channel, root, beside) {
    const { store, pane } = this;
    const app = beside && nameOf(store.user(channel.user));
    const where = channel.kind === "im" ? `with ${nameOf(store.user(channel.user))}` : `#${channel.name}`;
    setText(pane.title, app || "Thread");
    setText(pane.subtitle, beside ? (root ? titleOf(store, root) : "") : where);
    setAttribute(this.fresh, "hidden", !beside || !root);
    setAttribute(this.fresh, "href", beside ? hrefOf(beside, { agent: channel.id }) : null);
  }

  #intro(channel, threadTs, root, beside) {
    if (!threadTs) return agentIntro({ store: this.store, channel, here: beside, onTry: (text) => this.pane.composer.say(text) });
    return root ? null : { key: "gone", make: () => el("p", { class: "intro" }, "The message that began this thread is gone.") };
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

// What an app is doing, and how to stop it where it lets people.
function said(store, status, actions) {
  if (!status) return null;
  return { words: `${nameOf(store.user(status.user))} ${status.text}`, stop: status.can_stop ? () => actions.stop(status) : null };
}
