// What this person has not read yet, a channel at a time: other people's messages after the newest one that was on the screen.
// Coming to a channel with news draws a line above the first of them; it stays until the person goes elsewhere.

import { remember, remembered } from "./memory.js";

export class Unread {
  #store;
  #read = {}; // channel -> ts of the newest message read
  #entered = ""; // the channel being looked at
  #held = ""; // the channel marked as unread by hand, while it is still being looked at
  #line = { channel: "", after: "" };

  constructor(store) {
    this.#store = store;
  }

  // As another person, or after a reconnect: what was read before is remembered; on a first visit everything counts as read.
  begin() {
    const known = remembered(this.#key()) ?? {};
    this.#read = Object.fromEntries(this.#store.channels.map(({ id }) => [id, known[id] ?? this.#newest(id)]));
  }

  count(channel) {
    return this.#news(channel).length;
  }

  // Whether any of it is meant for this person: a direct message, or a mention.
  isForMe(channel) {
    const { me } = this.#store;
    return this.#store.channel(channel).kind === "im" || this.#news(channel).some(({ text }) => text.includes(`<@${me.id}>`));
  }

  total() {
    return this.#store.channels.reduce((sum, channel) => sum + this.count(channel.id), 0);
  }

  // The ts after which the news began; "" where there is no line.
  lineIn(channel) {
    return this.#line.channel === channel ? this.#line.after : "";
  }

  saw(channel) {
    if (this.#held === channel) return;
    this.#held = "";
    this.#enter(channel);
    this.#readTo(channel, this.#newest(channel));
  }

  // The window is hidden, or somebody else looks on: what comes now is news.
  left() {
    this.#entered = "";
  }

  // Everything from this message on counts as unread again, until the person comes back to it.
  markFrom({ channel, ts }) {
    const before =
      this.#store
        .all(channel)
        .filter((message) => message.ts < ts)
        .at(-1)?.ts ?? "0";
    this.#held = channel;
    this.#line = { channel, after: before };
    this.#readTo(channel, before);
  }

  #enter(channel) {
    if (this.#entered === channel) return;
    this.#entered = channel;
    if (this.count(channel)) this.#line = { channel, after: this.#read[channel] || "0" };
    else if (this.#line.channel !== channel) this.#line = { channel: "", after: "" };
  }

  #readTo(channel, ts) {
    if (this.#read[channel] === ts) return;
    this.#read[channel] = ts;
    remember(this.#key(), this.#read);
  }

  #news(channel) {
    const read = this.#read[channel] ?? "";
    return this.#store.all(channel).filter((message) => message.ts > read && message.user !== this.#store.me.id);
  }

  #newest(channel) {
    return this.#store.all(channel).at(-1)?.ts ?? "";
  }

  #key() {
    return `read:${this.#store.team.id}:${this.#store.me.id}`;
  }
}
