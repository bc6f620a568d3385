// What this person has not read yet, a channel at a time: other people's messages after the newest one that was on the screen.

import { remember, remembered } from "./memory.js";

export class Unread {
  #store;
  #read = {}; // channel -> ts of the newest message read

  constructor(store) {
    this.#store = store;
  }

  // As another person, or after a reconnect: what was read before is remembered; on a first visit everything counts as read.
  begin() {
    const known = remembered(this.#key()) ?? {};
    this.#read = Object.fromEntries(this.#store.channels.map(({ id }) => [id, known[id] ?? this.#newest(id)]));
  }

  count(channel) {
    const read = this.#read[channel] ?? "";
    return this.#store.all(channel).filter((message) => message.ts > read && message.user !== this.#store.me.id).length;
  }

  total() {
    return this.#store.channels.reduce((sum, channel) => sum + this.count(channel.id), 0);
  }

  saw(channel) {
    const newest = this.#newest(channel);
    if (this.#read[channel] === newest) return;
    this.#read[channel] = newest;
    remember(this.#key(), this.#read);
  }

  #newest(channel) {
    return this.#store.all(channel).at(-1)?.ts ?? "";
  }

  #key() {
    return `read:${this.#store.team.id}:${this.#store.me.id}`;
  }
}
