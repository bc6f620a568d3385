// Opens the thread in which an app answers, the first time, for the person who asked: they want to see the answer being written.

import { isReply } from "./store.js";

export class Follow {
  #asked = new Set(); // ts of what this person has said since the page opened, until its thread has opened once

  // `mayOpen(channel, ts)`: whether it would disturb nobody; `open(channel, ts)` does it.
  constructor(store, { mayOpen, open }) {
    Object.assign(this, { store, mayOpen, open });
  }

  // Somebody else looks on now.
  clear() {
    this.#asked.clear();
  }

  heard(frame, before) {
    if (frame.type === "message" && !before) this.#said(frame.message);
    const answer = frame.type === "message" ? frame.message : frame.type === "status" && frame.text ? frame : null;
    if (answer?.thread_ts && this.store.user(answer.user).is_bot) this.#answered(answer.channel, answer.thread_ts);
  }

  #said(message) {
    if (message.user === this.store.me.id && !isReply(message)) this.#asked.add(message.ts);
  }

  #answered(channel, ts) {
    if (!this.#asked.has(ts) || !this.mayOpen(channel, ts)) return;
    this.#asked.delete(ts);
    this.open(channel, ts);
  }
}
