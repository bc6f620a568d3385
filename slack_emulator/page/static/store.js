// What the page knows: the last snapshot and every frame since. No DOM here; whoever draws asks, and is told when to ask again.
//
//   snapshot | message | message_deleted | status ──► apply ──► listeners(frame)

export class Store {
  team = { id: "", name: "" };
  me = null;
  bot = null;
  users = new Map();
  channels = [];
  emoji = {}; // the signs by name
  commands = []; // of all apps, with their slash
  #messages = new Map(); // channel -> Map(ts -> message)
  #orders = new Map(); // channel -> its messages in order, until the next of them changes
  #statuses = new Map(); // channel + thread -> status
  #views = new Map(); // id -> a modal this person has open, the lowest first, or an app's home
  #prompts = new Map(); // channel -> what to ask the app there
  #titles = new Map(); // channel + thread -> what the app calls it
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

  // What a channel itself shows, oldest first: no replies, unless they were sent to the channel as well.
  roots(channel) {
    return this.#order(channel).roots;
  }

  replies(channel, threadTs) {
    return this.#order(channel).replies.get(threadTs) ?? [];
  }

  all(channel) {
    return this.#order(channel).all;
  }

  // What an app says it is doing there; `threadTs` null asks for the channel itself.
  status(channel, threadTs) {
    return this.#statuses.get(place(channel, threadTs));
  }

  // The modals this person has open, the uppermost last.
  modals() {
    return [...this.#views.values()].filter(({ kind }) => kind === "modal");
  }

  // What the app with that user published for this person.
  home(app) {
    return [...this.#views.values()].find((view) => view.kind === "home" && view.app === app);
  }

  // What an app suggests to ask it; undefined where it suggests nothing.
  prompts(channel) {
    return this.#prompts.get(channel);
  }

  // What an app called the conversation under that message; "" where it has not.
  titleOf(channel, threadTs) {
    return this.#titles.get(place(channel, threadTs)) ?? "";
  }

  // The direct messages with that user, where there are any.
  directWith(user) {
    return this.channels.find((channel) => channel.kind === "im" && channel.user === user);
  }

  // Put in order once a change: every message on the screen asks for its replies in every draw.
  #order(channel) {
    if (!this.#orders.has(channel)) this.#orders.set(channel, inOrder([...(this.#messages.get(channel)?.values() ?? [])]));
    return this.#orders.get(channel);
  }

  #take(frame) {
    if (frame.type === "snapshot") this.#replace(frame);
    else if (frame.type === "message") this.#put(frame.message);
    else if (frame.type === "message_deleted") this.#drop(frame.channel, frame.ts);
    else if (frame.type === "status") this.#putStatus(frame);
    else if (frame.type === "prompts") this.#prompts.set(frame.channel, frame.prompts);
    else if (frame.type === "title") this.#titles.set(place(frame.channel, frame.thread_ts), frame.title);
    else if (frame.type === "view") this.#views.set(frame.view.id, frame.view);
    else if (frame.type === "view_gone") this.#views.delete(frame.id);
  }

  #replace(snapshot) {
    Object.assign(this, {
      team: snapshot.team,
      me: snapshot.me,
      bot: snapshot.bot,
      channels: snapshot.channels,
      emoji: snapshot.emoji,
      commands: snapshot.commands,
    });
    this.users = new Map(snapshot.users.map((user) => [user.id, user]));
    this.#messages.clear();
    this.#orders.clear();
    this.#statuses.clear();
    snapshot.messages.forEach((message) => this.#put(message));
    snapshot.statuses.forEach((status) => this.#putStatus(status));
    this.#prompts = new Map((snapshot.prompts ?? []).map(({ channel, prompts }) => [channel, prompts]));
    this.#titles = new Map((snapshot.titles ?? []).map(({ channel, thread_ts: thread, title }) => [place(channel, thread), title]));
    this.#views = new Map((snapshot.views ?? []).map((view) => [view.id, view]));
  }

  #put(message) {
    if (!this.#messages.has(message.channel)) this.#messages.set(message.channel, new Map());
    this.#messages.get(message.channel).set(message.ts, message);
    this.#orders.delete(message.channel);
  }

  #drop(channel, ts) {
    this.#messages.get(channel)?.delete(ts);
    this.#orders.delete(channel);
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

function inOrder(messages) {
  const all = messages.sort((one, other) => (one.ts < other.ts ? -1 : 1));
  const replies = new Map();
  for (const message of all.filter(isReply)) {
    if (!replies.has(message.thread_ts)) replies.set(message.thread_ts, []);
    replies.get(message.thread_ts).push(message);
  }
  return { all, roots: all.filter((message) => !isReply(message) || message.broadcast), replies };
}

function place(channel, threadTs) {
  return `${channel}/${threadTs ?? ""}`;
}
