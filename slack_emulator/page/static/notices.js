// What the page itself has to say: that the connection is gone, and what did not work.

import { setAttribute, setText } from "./render/dom.js";

const SHOWN = 6000; // ms

export class Notices {
  #timer = 0;
  #wasLost = false;

  constructor({ onRetry, announcer }) {
    this.announcer = announcer;
    this.banner = document.getElementById("banner");
    this.toast = document.getElementById("toast");
    document.getElementById("banner-retry").addEventListener("click", onRetry);
  }

  connection(state) {
    if (state === "offline") {
      this.#wasLost = true;
      setText(document.getElementById("banner-text"), "The connection to the workspace is lost. Trying again…");
      setAttribute(this.banner, "hidden", false);
    } else if (state === "online") {
      setAttribute(this.banner, "hidden", true);
      if (this.#wasLost) this.announcer.say("Connected again.");
      this.#wasLost = false;
    }
  }

  failed(words) {
    setText(this.toast, words);
    this.toast.classList.add("is-shown");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.toast.classList.remove("is-shown"), SHOWN);
  }
}
