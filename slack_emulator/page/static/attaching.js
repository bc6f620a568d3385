// Files to be sent with a message: chosen, dropped on the pane or pasted. They wait in a row above the text.

import { el, icon, setAttribute, setText } from "./render/dom.js";

const MOST = 10; // files a message, as in Slack

export class Attaching {
  #files = [];
  #leftOut = 0;

  // `onChange()` is told when a file comes or goes.
  constructor({ testid, onChange }) {
    this.onChange = onChange;
    this.row = el("ul", { class: "attached", "aria-label": "Files to send", hidden: true, "data-testid": `${testid}-files` });
    // Never hidden: a screen reader tells what changes in a region that it knows already.
    this.note = el("p", { class: "attached-note", role: "status", "data-testid": `${testid}-files-note` });
    this.input = el("input", {
      type: "file",
      multiple: true,
      class: "unseen",
      tabindex: "-1",
      "aria-hidden": "true",
      "data-testid": `${testid}-file-input`,
    });
    this.button = el(
      "button",
      { class: "tool", type: "button", "aria-label": "Attach a file", title: "Attach a file", onclick: () => this.input.click() },
      icon("clip"),
    );
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
  }

  get files() {
    return this.#files;
  }

  // Whatever files are dropped on `pane` or pasted into `field` are to be sent.
  listen(pane, field) {
    pane.addEventListener(
      "dragover",
      (event) => event.dataTransfer.types.includes("Files") && (event.preventDefault(), pane.classList.add("is-dropping")),
    );
    pane.addEventListener("dragleave", (event) => pane.contains(event.relatedTarget) || pane.classList.remove("is-dropping"));
    pane.addEventListener("drop", (event) => {
      pane.classList.remove("is-dropping");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
      field.focus();
    });
    field.addEventListener("paste", ({ clipboardData }) => clipboardData.files.length && this.add(clipboardData.files));
  }

  add(files) {
    const all = [...this.#files, ...files];
    this.#files = all.slice(0, MOST);
    this.#leftOut = all.length - this.#files.length;
    this.#draw();
  }

  clear() {
    this.#files = [];
    this.#leftOut = 0;
    this.#draw();
  }

  #draw() {
    const rows = this.#files.map((file) => {
      const away = el(
        "button",
        { class: "tool", type: "button", "aria-label": `Do not send ${file.name}`, onclick: () => this.#drop(file) },
        icon("close"),
      );
      return el("li", { class: "file" }, icon("file"), el("span", {}, file.name), away);
    });
    this.row.replaceChildren(...rows);
    setAttribute(this.row, "hidden", rows.length === 0);
    const left = this.#leftOut === 1 ? "1 file was" : `${this.#leftOut} files were`;
    setText(this.note, this.#leftOut ? `${left} left out: a message takes ${MOST}.` : "");
    this.onChange();
  }

  #drop(file) {
    this.#files = this.#files.filter((other) => other !== file);
    this.#leftOut = 0;
    this.#draw();
  }
}

// Sends a message with files; resolves to null, or to why that did not work.
export async function upload(files, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const file of files) form.append("file", file, file.name);
  try {
    const answer = await fetch("/page/upload", { method: "POST", body: form });
    return answer.ok ? ((await answer.json()).error ?? null) : "The files could not be sent.";
  } catch {
    return "There is no connection right now. What you wrote is kept here.";
  }
}
