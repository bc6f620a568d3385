// Which replies of apps are still being written. A stream says itself when it ends; a message that is edited does not, and
// counts as written once it has been quiet for a while.

import { isReply } from "./store.js";

const QUIET = 3000; // ms: longer than a bot under Slack's limits usually waits between two edits of one answer.

export class Writing {
  #timers = new Map(); // ts -> timer
  #growing = new Set(); // ts of the replies being written

  // `onBegin(message)`, `onEnd(message)`: once for each reply; `onChange()`: draw again.
  constructor({ isApp, onBegin, onEnd, onChange }) {
    Object.assign(this, { isApp, onBegin, onEnd, onChange });
  }

  has(message) {
    return this.#growing.has(message.ts);
  }

  seen(message, before) {
    if (!this.isApp(message.user) || (before?.html === message.html && before?.streaming === message.streaming)) return;
    if (!before) this.onBegin(message);
    // A reply in a thread begins with its first words. Elsewhere an app says most things once: only an edit tells.
    if (before || isReply(message)) this.#growing.add(message.ts);
    clearTimeout(this.#timers.get(message.ts));
    if (before?.streaming && !message.streaming) this.#ended(message);
    else if (!message.streaming)
      this.#timers.set(
        message.ts,
        setTimeout(() => this.#ended(message), QUIET),
      );
  }

  gone(ts) {
    clearTimeout(this.#timers.get(ts));
    this.#timers.delete(ts);
    this.#growing.delete(ts);
  }

  clear() {
    for (const ts of [...this.#timers.keys()]) this.gone(ts);
  }

  #ended(message) {
    this.gone(message.ts);
    this.onEnd(message);
    this.onChange();
  }
}
