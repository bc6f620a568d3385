// What the buttons of a message do.

import { confirmDelete, editInPlace } from "./editing.js";
import { asTyped } from "./typed.js";

// `screen()` because it is made of these, and they move it.
export function makeActions({ store, send, picker, acting, unread, drawSoon, screen }) {
  return {
    openThread: ({ channel, ts }) => screen().openThread(channel, ts),
    edit: (message, article) => {
      editInPlace(article, asTyped(message.text, store), (text) => send({ type: "edit", channel: message.channel, ts: message.ts, text }));
    },
    remove: async (message, article) => {
      const isSure = await confirmDelete(message);
      article.focus(); // The button that opened the question is hidden again by now.
      if (isSure) send({ type: "delete", channel: message.channel, ts: message.ts });
    },
    react: ({ channel, ts }, name) => send({ type: "react", channel, ts, name }),
    pickReaction: (message, button) =>
      picker.open(button, (name) => send({ type: "react", channel: message.channel, ts: message.ts, name })),
    stop: ({ channel, thread_ts: thread }) => send({ type: "stop", channel, thread_ts: thread }),
    markUnread: (message) => {
      unread.markFrom(message);
      drawSoon();
    },
    prepare: (content, place) => acting.prepare(content, place, store.me),
    inspect: () => screen().inspect(),
  };
}
