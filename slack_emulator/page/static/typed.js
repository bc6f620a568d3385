// A stored message as its writer would type it: `<@U1>` is "@Ada" again, and Slack's three entities are characters.

import { nameOf } from "./render/person.js";

const TOKEN =
  /<(?:@(?<user>[A-Z0-9]+)|#(?<channel>[A-Z0-9]+)|!(?<all>here|channel|everyone)|(?<url>(?:https?:|mailto:)[^|>]+))(?:\|[^>]*)?>/g;

export function asTyped(text, store) {
  const readable = text.replace(TOKEN, (...match) => {
    const { user, channel, all, url } = match.at(-1);
    if (user) return `@${nameOf(store.user(user))}`;
    if (channel) return `#${store.channel(channel)?.name ?? channel}`;
    return all ? `@${all}` : url;
  });
  return readable.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
