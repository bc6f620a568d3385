// The line under a message that has a thread: who answered, how often, and what is going on in it right now.

import { clock } from "../times.js";
import { el } from "./dom.js";
import { avatar, nameOf } from "./person.js";

const FACES = 3;

// `view.thread` is { replies, people, last, activity }; null where there is nothing to show.
export function threadLine({ message, thread }, actions) {
  if (!thread || (!thread.replies && !thread.activity)) return null;
  const count = thread.replies ? (thread.replies === 1 ? "1 reply" : `${thread.replies} replies`) : "";
  const quiet = thread.activity || (thread.last ? `last at ${clock(thread.last)}` : "");
  return el(
    "button",
    {
      class: "thread-line",
      type: "button",
      "data-testid": "thread-line",
      "data-said": [count, quiet, ...thread.people.map((user) => user.id)].join("|"),
      "aria-label": ["Open the thread", count, quiet].filter(Boolean).join(", "),
      onclick: () => actions.openThread(message),
    },
    el("span", { class: "faces" }, ...thread.people.slice(0, FACES).map((user) => avatar(user, "small"))),
    count && el("span", { class: "count" }, count),
    el("span", { class: thread.activity ? "activity" : "quiet" }, quiet),
  );
}

// What an app does in a thread, in one line: its own status, or that its words are still coming.
export function activityIn(store, writing, channel, threadTs) {
  const status = store.status(channel, threadTs);
  if (status) return `${nameOf(store.user(status.user))} ${status.text}`;
  const reply = store.replies(channel, threadTs).find((message) => writing.has(message));
  return reply ? `${nameOf(store.user(reply.user))} is writing…` : "";
}
