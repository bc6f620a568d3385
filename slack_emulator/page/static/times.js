// Slack's timestamps ("1766458026.240809": seconds, and a number that makes them unique) in the reader's own words.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export function dateOf(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

export const clock = (ts) => CLOCK.format(dateOf(ts));
export const fullTime = (ts) => FULL.format(dateOf(ts));
// Without "AM" or "PM", for the narrow column beside a message.
export function shortClock(ts) {
  const parts = CLOCK.formatToParts(dateOf(ts)).filter(({ type }) => type !== "dayPeriod");
  return parts
    .map(({ value }) => value)
    .join("")
    .trim();
}

export const dayKey = (ts) => dateOf(ts).toDateString();

export function dayName(ts, now = new Date()) {
  const day = dateOf(ts);
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (day.toDateString() === now.toDateString()) return "Today";
  return day.toDateString() === yesterday.toDateString() ? "Yesterday" : DAY.format(day);
}
