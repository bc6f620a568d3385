// Which replies of apps are still being written. Slack does not say; a reply counts as written once it has been quiet for a while.

const QUIET = 3000; // ms: longer than a bot under Slack's limits usually waits between two edits of one answer.

export class Writing {
  #timers = new Map(); // ts -> timer
  #growing = new Set(); // ts of the replies that have been edited at least once while we looked on

  // `onBegin(message)`, `onEnd(message)`: once for each reply; `onChange()`: draw again.
  constructor({ isApp, onBegin, onEnd, onChange }) {
    Object.assign(this, { isApp, onBegin, onEnd, onChange });
  }

  has(message) {
    return this.#growing.has(message.ts);
  }

  seen(message, before) {
    if (!this.isApp(message.user) || before?.html === message.html) return;
    if (!before) this.onBegin(message);
    else this.#growing.add(message.ts);
    clearTimeout(this.#timers.get(message.ts));
    this.#timers.set(message.ts, setTimeout(() => this.#ended(message), QUIET));
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
