// What the page itself has to say: that the connection is gone, what did not work, and what goes on in the background.

import { setAttribute, setText } from "./render/dom.js";

const SHOWN = 6000; // ms
const LOST = "The connection to the workspace is lost. Trying again…";

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
      // Said apart: a screen reader tells nothing of a region that was hidden until now.
      if (!this.#wasLost) this.announcer.say(LOST);
      this.#wasLost = true;
      setText(document.getElementById("banner-text"), LOST);
      setAttribute(this.banner, "hidden", false);
    } else if (state === "online") {
      setAttribute(this.banner, "hidden", true);
      if (this.#wasLost) this.announcer.say("Connected again.");
      this.#wasLost = false;
    }
  }

  // A line for as long as something goes on: `share` of it is done, from 0 to 1, null where nobody knows.
  progress({ text, share }) {
    setText(document.getElementById("notice-text"), text);
    setAttribute(document.getElementById("notice-share"), "value", share);
    setAttribute(document.getElementById("notice"), "hidden", text === "");
  }

  failed(words) {
    setText(this.toast, words);
    this.toast.classList.add("is-shown");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.toast.classList.remove("is-shown"), SHOWN);
  }
}
