// What stands in a column, from top to bottom: days, messages, and which message begins a new block of the same speaker.

import { dayKey, dayName } from "../times.js";

const BLOCK = 5 * 60; // seconds: after a longer pause the same speaker is introduced again.

// `news.after` is the ts above which the line "New" stands, "" for none; one's own words are no news.
export function timeline(messages, news = { after: "" }) {
  const rows = [];
  const first = news.after && messages.find(({ ts, user }) => ts > news.after && user !== news.me);
  let previous = null;
  for (const message of messages) {
    const newDay = !previous || dayKey(previous.ts) !== dayKey(message.ts);
    if (newDay) rows.push({ key: `day ${dayKey(message.ts)}`, day: dayName(message.ts) });
    if (message === first) rows.push({ key: "new", isNew: true });
    rows.push({ key: message.ts, message, lead: newDay || message === first || !follows(previous, message) });
    previous = message;
  }
  return rows;
}

// A thread: what it answers, how many answers there are, and the answers.
export function threadTimeline(root, replies) {
  const rows = root ? [{ key: root.ts, message: root, lead: true }] : [];
  if (replies.length) rows.push({ key: "count", count: replies.length });
  let previous = null;
  for (const message of replies) {
    rows.push({ key: message.ts, message, lead: !previous || !follows(previous, message) });
    previous = message;
  }
  return rows;
}

// Under a thread's first message stands its thread line, so whoever speaks next is introduced again.
function follows(previous, message) {
  const pause = Number.parseFloat(message.ts) - Number.parseFloat(previous.ts);
  const isSame = previous.user === message.user && previous.author?.name === message.author?.name;
  return isSame && pause < BLOCK && !previous.reply_count && !message.broadcast;
}
