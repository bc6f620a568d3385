// What this browser remembers between visits. Where it may not (private windows), everything works and nothing is kept.

export function remembered(key) {
  try {
    return JSON.parse(localStorage.getItem(`teleprinter:${key}`));
  } catch {
    return null; // Storage is forbidden, or holds something that is not ours.
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(`teleprinter:${key}`, JSON.stringify(value));
  } catch {
    // Forbidden or full: the page forgets, and loses nothing else.
  }
}

// What tells this tab apart from all others, also after it is loaded again.
export function tabName() {
  const fresh = crypto.getRandomValues(new Uint32Array(4)).join("-");
  try {
    const name = sessionStorage.getItem("teleprinter:tab") ?? fresh;
    sessionStorage.setItem("teleprinter:tab", name);
    return name;
  } catch {
    return fresh; // Forbidden: it is another tab after each load.
  }
}
