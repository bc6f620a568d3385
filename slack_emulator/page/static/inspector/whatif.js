// "What if": Slack fails on purpose, in the ways it has failed others, and one sees how the app copes.

import { el, keyed, setAttribute } from "../render/dom.js";

const METHODS = [
  "chat.update",
  "chat.postMessage",
  "chat.appendStream",
  "chat.startStream",
  "chat.stopStream",
  "conversations.replies",
  "assistant.threads.setStatus",
  "views.open",
  "auth.test",
  "*",
];
const FAILURES = [
  { name: "limited", title: "answers 429, come back in 30 s", fault: { retry_after: 30 } },
  { name: "broken", title: "answers 500", fault: { status: 500 } },
  { name: "lost", title: "is carried out, but the answer is lost", fault: { drop: true, carried_out: true } },
  { name: "dropped", title: "drops the connection", fault: { drop: true } },
  { name: "gone", title: "says message_not_found", fault: { error: "message_not_found" } },
  { name: "long", title: "says msg_too_long", fault: { error: "msg_too_long" } },
  { name: "slow", title: "takes 3 s longer", fault: { latency: 3 } },
];
const FOR = [
  { name: "once", title: "once", much: { times: 1 } },
  { name: "thrice", title: "three times", much: { times: 3 } },
  { name: "minute", title: "for a minute", much: { lasting: 60 } },
];
const AT_ONCE = [
  { name: "lose-ack", title: "Lose the next acknowledgement", step: { lose_acks: 1 } },
  { name: "refresh", title: "Ask all sockets to reconnect", step: { close_sockets: "refresh_requested" } },
  { name: "cut", title: "Cut all sockets", step: { close_sockets: "cut" } },
  { name: "delete-reply", title: "Delete the next reply after 2 s", step: { delete_reply: 2 } },
  { name: "repeat", title: "Deliver every event twice", step: { repeat_events: 1 } },
];
const EXAMPLE = "- {fail: chat.update, nth: 3, retry_after: 30}\n- {wait: 5}\n- {close_sockets: cut}";

export class WhatIf {
  // `onFailure(words)` says what the workspace did not understand.
  constructor({ onFailure }) {
    this.onFailure = onFailure;
    this.method = choice(
      "Method",
      METHODS.map((name) => ({ name, title: name === "*" ? "call of any method" : name })),
    );
    this.failure = choice("What goes wrong", FAILURES);
    this.much = choice("How often", FOR);
    this.script = el("textarea", {
      class: "dock-field",
      rows: "3",
      placeholder: EXAMPLE,
      "aria-label": "A script of what goes wrong, in YAML or JSON",
      spellcheck: "false",
      "data-testid": "script",
    });
    this.waiting = el("ul", { class: "faults", "aria-label": "What will go wrong", "data-testid": "faults" });
    this.none = el("p", { class: "quiet-note" }, "Everything works.");
    this.clear = el(
      "button",
      { class: "button small", type: "button", "data-testid": "clear-faults", onclick: () => this.#ask("DELETE", "faults") },
      "Let everything work again",
    );
    this.node = el(
      "div",
      { class: "what-if", tabindex: "0", role: "region", "aria-label": "What if" },
      el(
        "form",
        { class: "what-if-row", onsubmit: (event) => (event.preventDefault(), this.#set()) },
        el("span", {}, "The next"),
        this.method,
        this.failure,
        this.much,
        el("button", { class: "button primary", "data-testid": "set-fault" }, "Let it happen"),
      ),
      el(
        "div",
        { class: "what-if-row" },
        ...AT_ONCE.map(({ name, title, step }) =>
          el("button", { class: "button", type: "button", "data-testid": `fault-${name}`, onclick: () => this.#run(step) }, title),
        ),
      ),
      el(
        "form",
        { class: "what-if-row", onsubmit: (event) => (event.preventDefault(), this.#run(this.script.value)) },
        this.script,
        el("button", { class: "button", "data-testid": "run-script" }, "Run the script"),
      ),
      el("section", {}, el("h3", {}, "Still to come"), this.waiting, this.none, this.clear),
    );
    this.#draw({ calls: [], lost_acks: 0 });
  }

  async look() {
    const answer = await this.#ask("GET", "faults", { isQuiet: true });
    if (answer) this.#draw(answer);
  }

  #set() {
    const { fault } = FAILURES.find(({ name }) => name === this.failure.value);
    const { much } = FOR.find(({ name }) => name === this.much.value);
    return this.#run({ fail: this.method.value, ...fault, ...much });
  }

  // A step, or a whole script as text.
  #run(script) {
    return this.#ask(
      "POST",
      "script",
      typeof script === "string"
        ? { body: script, type: "application/yaml" }
        : { body: JSON.stringify([script]), type: "application/json" },
    );
  }

  // The workspace's own control API; null where it could not do that, which is said.
  async #ask(method, name, { body, type, isQuiet = false } = {}) {
    try {
      const answer = await fetch(`/control/${name}`, { method, body, ...(type && { headers: { "Content-Type": type } }) });
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.error);
      if (method !== "GET") await this.look();
      return found;
    } catch (error) {
      if (!isQuiet) this.onFailure(error.message);
      return null;
    }
  }

  #draw({ calls, lost_acks: lostAcks }) {
    const acks = lostAcks === 1 ? "the next acknowledgement is lost" : `the next ${lostAcks} acknowledgements are lost`;
    const rows = [...calls.filter(({ times }) => times !== 0).map(inWords), ...(lostAcks ? [acks] : [])].map((words, at) => ({
      words,
      key: `${at} ${words}`,
    }));
    keyed(this.waiting, rows, { key: ({ key }) => key, make: ({ words }) => el("li", {}, words), update: () => {} });
    setAttribute(this.none, "hidden", rows.length > 0);
    setAttribute(this.clear, "hidden", rows.length === 0);
  }
}

function choice(label, options) {
  return el(
    "select",
    { class: "dock-field", "aria-label": label },
    ...options.map(({ name, title }) => el("option", { value: name }, title)),
  );
}

function inWords(fault) {
  const { method, times, lasting, nth } = fault;
  const name = method === "*" ? "any method" : method;
  const which = nth > 1 ? `${name}, after ${nth - 1} more,` : name;
  return `${which} ${howOf(fault)} ${lasting ? `for ${lasting} s` : times === 1 ? "once" : `${times} times`}`;
}

function howOf({ retry_after: retryAfter, error, status, drop, carried_out: isCarriedOut, latency }) {
  if (retryAfter !== null) return `answers 429, come back in ${retryAfter} s,`;
  if (error !== null) return `says ${error}`;
  if (drop) return isCarriedOut ? "is carried out, but its answer is lost" : "drops the connection";
  return status === null ? `takes ${latency} s longer` : `answers ${status}`;
}
