// A column that stays at its end while the reader is there, and stays put while the reader is further up.

import { setAttribute } from "./render/dom.js";

const NEAR = 40; // px: this close counts as being at the end.

export class Scroll {
  #atEnd = true;
  #top = 0; // px: where the column stood when it was last looked at

  constructor(scroller, content, pill) {
    this.scroller = scroller;
    this.pill = pill;
    scroller.addEventListener("scroll", () => this.#looked(), { passive: true });
    pill.addEventListener("click", () => this.toEnd());
    // After layout and before paint: whatever made the column grow (a reply, a font, a keyboard), the reader sees no jump.
    const observer = new ResizeObserver(() => this.#stay());
    observer.observe(content);
    observer.observe(scroller);
  }

  get isAtEnd() {
    return this.#atEnd;
  }

  toEnd() {
    this.#atEnd = true;
    this.#stay();
    setAttribute(this.pill, "hidden", true);
  }

  // Something was added or has grown: whoever reads further up is told, and not moved.
  grew() {
    if (!this.#atEnd) setAttribute(this.pill, "hidden", false);
  }

  // Only a move upwards leaves the end. What we scroll ourselves is told later, when the column may have grown again: the end
  // is further away by then, and nobody has left it.
  #looked() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight <= NEAR) this.#atEnd = true;
    else if (scrollTop < this.#top) this.#atEnd = false;
    this.#top = scrollTop;
    if (this.#atEnd) setAttribute(this.pill, "hidden", true);
  }

  #stay() {
    if (!this.#atEnd) return;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#top = this.scroller.scrollTop; // lower than before where the column has shrunk: no move of the reader's
  }
}
