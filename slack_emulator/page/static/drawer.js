// On a narrow screen the sidebar is a drawer over the conversation; on a wide one these do nothing that can be seen.

export class Drawer {
  constructor({ sidebar, backdrop, covered, button }) {
    Object.assign(this, { sidebar, backdrop, covered, button });
    button.addEventListener("click", () => this.open());
    backdrop.addEventListener("click", () => this.close());
    sidebar.addEventListener("click", (event) => event.target.closest("a") && this.close());
    sidebar.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape(event));
  }

  open() {
    this.#show(true);
    this.sidebar.querySelector("[aria-current], a")?.focus();
  }

  close() {
    if (!this.sidebar.classList.contains("is-open")) return;
    this.#show(false);
    this.button.focus();
  }

  #escape(event) {
    event.stopPropagation(); // It closes the drawer, not also the thread below.
    this.close();
  }

  #show(open) {
    this.sidebar.classList.toggle("is-open", open);
    this.backdrop.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    for (const node of this.covered) node.inert = open;
  }
}
