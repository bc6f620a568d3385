// What the page knows: the last snapshot and every frame since. No DOM here; whoever draws asks, and is told when to ask again.
//
//   snapshot | message | message_deleted | status ──► apply ──► listeners(frame)

export class Store {
  team = { id: "", name: "" };
  me = null;
  bot = null;
  users = new Map();
  channels = [];
  #messages = new Map(); // channel -> Map(ts -> message)
  #statuses = new Map(); // channel + thread -> status
  #listeners = [];

  get ready() {
    return this.me !== null;
  }

  // `listener(frame, before)`: what happened, and for a message the one it replaces.
  listen(listener) {
    this.#listeners.push(listener);
  }

  apply(frame) {
    const before = frame.type === "message" ? this.message(frame.message.channel, frame.message.ts) : undefined;
    this.#take(frame);
    for (const listener of this.#listeners) listener(frame, before);
  }

  user(id) {
    return this.users.get(id) ?? { id, name: id, real_name: id, is_bot: false, color: null };
  }

  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  }

  message(channel, ts) {
    return this.#messages.get(channel)?.get(ts);
  }

  // The messages of a channel that answer no other, oldest first.
  roots(channel) {
    return this.#in(channel).filter((message) => !isReply(message));
  }

  replies(channel, threadTs) {
    return this.#in(channel).filter((message) => isReply(message) && message.thread_ts === threadTs);
  }

  all(channel) {
    return this.#in(channel);
  }

  // What an app says it is doing there; `threadTs` null asks for the channel itself.
  status(channel, threadTs) {
    return this.#statuses.get(place(channel, threadTs));
  }

  #in(channel) {
    const messages = [...(this.#messages.get(channel)?.values() ?? [])];
    return messages.sort((one, other) => (one.ts < other.ts ? -1 : 1));
  }

  #take(frame) {
    if (frame.type === "snapshot") this.#replace(frame);
    else if (frame.type === "message") this.#put(frame.message);
    else if (frame.type === "message_deleted") this.#messages.get(frame.channel)?.delete(frame.ts);
    else if (frame.type === "status") this.#putStatus(frame);
  }

  #replace(snapshot) {
    Object.assign(this, { team: snapshot.team, me: snapshot.me, bot: snapshot.bot, channels: snapshot.channels });
    this.users = new Map(snapshot.users.map((user) => [user.id, user]));
    this.#messages.clear();
    this.#statuses.clear();
    snapshot.messages.forEach((message) => this.#put(message));
    snapshot.statuses.forEach((status) => this.#putStatus(status));
  }

  #put(message) {
    if (!this.#messages.has(message.channel)) this.#messages.set(message.channel, new Map());
    this.#messages.get(message.channel).set(message.ts, message);
  }

  #putStatus(status) {
    const key = place(status.channel, status.thread_ts);
    if (status.text) this.#statuses.set(key, status);
    else this.#statuses.delete(key);
  }
}

// In Slack the first message of a thread carries its own ts as thread_ts.
export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

function place(channel, threadTs) {
  return `${channel}/${threadTs ?? ""}`;
}
