// The button above a block of code.

export function listenToCopies() {
  document.addEventListener("click", copyCode);
}

async function copyCode({ target }) {
  const button = target.closest("[data-action=copy-code]");
  if (!button) return;
  await navigator.clipboard.writeText(button.closest(".code").querySelector("pre").textContent);
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}
