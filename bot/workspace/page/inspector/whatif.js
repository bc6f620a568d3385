// "What if": Slack fails on purpose, in the ways it has failed others, and one sees how the app copes.

import { el, keyed, setAttribute } from "../render/dom.js";

const METHODS = ["chat.update", "chat.postMessage", "chat.appendStream", "chat.startStream", "chat.stopStream", "conversations.replies", "assistant.threads.setStatus", "views.open", "auth.test", "*"];
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
  { name: "minute", title: "for a minute", much: { times: null, lasting: 60 } },
];
const DELIVERY = [
  { name: "lose-ack", title: "Lose the next acknowledgement", wish: { type: "lose_acks", times: 1 } },
  { name: "refresh", title: "Ask all sockets to reconnect", wish: { type: "close_sockets", reason: "refresh_requested" } },
  { name: "cut", title: "Cut all sockets", wish: { type: "close_sockets" } },
];

export class WhatIf {
  constructor({ ask }) {
    this.ask = ask;
    this.method = choice("Method", METHODS.map((name) => ({ name, title: name === "*" ? "any method" : name })));
    this.failure = choice("What goes wrong", FAILURES);
    this.much = choice("How often", FOR);
    this.waiting = el("ul", { class: "faults", "aria-label": "What will go wrong", "data-testid": "faults" });
    this.none = el("p", { class: "quiet-note" }, "Everything works.");
    this.clear = el("button", { class: "button small", type: "button", "data-testid": "clear-faults", onclick: () => ask({ type: "clear_faults" }) }, "Let everything work again");
    this.node = el(
      "div",
      { class: "what-if" },
      el("form", { class: "what-if-form", onsubmit: (event) => this.#set(event) }, el("span", {}, "The next"), this.method, this.failure, this.much, el("button", { class: "button primary", "data-testid": "set-fault" }, "Let it happen")),
      el("div", { class: "what-if-row" }, ...DELIVERY.map(({ name, title, wish }) => el("button", { class: "button", type: "button", "data-testid": `fault-${name}`, onclick: () => ask(wish) }, title))),
      el("section", { class: "what-if-waiting" }, el("h3", {}, "Still to come"), this.waiting, this.none, this.clear),
    );
    this.draw({ faults: [], lost_acks: 0 });
  }

  draw({ faults, lost_acks: lostAcks }) {
    const rows = [...faults.map(inWords), ...(lostAcks ? [lostAcks === 1 ? "the next acknowledgement is lost" : `the next ${lostAcks} acknowledgements are lost`] : [])];
    keyed(this.waiting, rows.map((words, at) => ({ words, key: `${at} ${words}` })), { key: ({ key }) => key, make: ({ words }) => el("li", {}, words), update: () => {} });
    setAttribute(this.none, "hidden", rows.length > 0);
    setAttribute(this.clear, "hidden", rows.length === 0);
  }

  #set(event) {
    event.preventDefault();
    const { fault } = FAILURES.find(({ name }) => name === this.failure.value);
    const { much } = FOR.find(({ name }) => name === this.much.value);
    this.ask({ type: "fail", method: this.method.value, ...fault, ...much });
  }
}

function choice(label, options) {
  return el("select", { class: "dock-field", "aria-label": label }, ...options.map(({ name, title }) => el("option", { value: name }, title)));
}

function inWords({ method, retry_after: retryAfter, error, status, drop, carried_out: isCarriedOut, latency, times, lasting }) {
  const how = retryAfter ? `answers 429, ${retryAfter} s` : error ? `says ${error}` : drop ? (isCarriedOut ? "is carried out, its answer is lost" : "drops the connection") : status ? `answers ${status}` : `takes ${latency} s longer`;
  const long = lasting ? `for ${lasting} s` : times === 1 ? "once" : `${times} times`;
  return `${method === "*" ? "any method" : method} ${how}, ${long}`;
}
