// Where the reader is, as the address says it:
//
//   #/C123                       a channel                     #/D123/home           an app's home
//   #/C123/1766458026.240809     a thread in it, beside it     #/C123/@D456[/1766…]  a conversation with an app beside it

export function currentRoute() {
  const [, channel = "", ...rest] = location.hash.split("/").map(decodeURIComponent);
  const agent = rest[0]?.startsWith("@") ? rest.shift().slice(1) : "";
  const tab = rest[0] === "home" ? rest.shift() : "";
  return { channel, agent, tab, thread: rest[0] ?? "" };
}

export function hrefOf(channel, { thread = "", agent = "", tab = "" } = {}) {
  return ["#", channel, agent && `@${agent}`, tab, thread].filter(Boolean).join("/");
}

// Go there, as a step the browser's back button undoes; with `replace` as if we had always been there.
export function go(channel, where = {}, { replace = false } = {}) {
  const href = hrefOf(channel, where);
  if (href === location.hash) return;
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  // At once: assigning to location.hash would tell of it only later.
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

export function onRoute(listener) {
  window.addEventListener("hashchange", () => listener(currentRoute()));
}

// What stands beside the channel: a thread of it, or a conversation with an app. `thread` is "" for one that has yet to begin.
export function sideOf({ channel, agent, thread }) {
  return agent || thread ? { channel: agent || channel, thread } : null;
}
