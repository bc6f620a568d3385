// Where the reader is, as the address says it: `#/C123` is a channel, `#/C123/1766458026.240809` a thread in it.

export function currentRoute() {
  const [, channel = "", thread = ""] = location.hash.split("/");
  return { channel: decodeURIComponent(channel), thread: decodeURIComponent(thread) };
}

export function hrefOf(channel, thread = "") {
  return thread ? `#/${channel}/${thread}` : `#/${channel}`;
}

// Go there, as a step the browser's back button undoes; with `replace` as if we had always been there.
export function go(channel, thread = "", { replace = false } = {}) {
  const href = hrefOf(channel, thread);
  if (href === location.hash) return;
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  // At once: assigning to location.hash would tell of it only later.
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

export function onRoute(listener) {
  window.addEventListener("hashchange", () => listener(currentRoute()));
}
