// JSON to be read by people: coloured by kind, each object or list foldable, and in one line what a call is about.

import { el } from "../render/dom.js";

const TELLING = ["channel", "channel_id", "thread_ts", "ts", "text", "markdown_text", "status", "name", "user", "user_id"];
const LONGEST = 90; // characters of the one line

// What was sent, by the arguments that tell most.
export function inWords({ sent }) {
  const said = sent?.event ?? sent ?? {};
  const parts = TELLING.filter((name) => typeof said[name] === "string" && said[name]).map((name) => said[name].replace(/\s+/g, " "));
  const words = parts.join("  ");
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

export function jsonNode(value) {
  return el("div", { class: "json" }, node("", value, { isOpen: true, depth: 0 }));
}

function node(name, value, { isOpen, depth }) {
  const label = name === "" ? "" : el("span", { class: "json-name" }, `${name}: `);
  if (value === null || typeof value !== "object") return el("div", { class: "json-leaf" }, label, leaf(value));
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (!entries.length) return el("div", { class: "json-leaf" }, label, `${open}${close}`);
  const children = entries.map(([key, child]) => node(Array.isArray(value) ? "" : key, child, { isOpen: depth < 2, depth: depth + 1 }));
  return el(
    "details",
    { open: isOpen },
    el("summary", {}, label, open, el("span", { class: "json-count" }, ` ${entries.length} `), close),
    el("div", { class: "json-inner" }, ...children),
  );
}

function leaf(value) {
  return el("span", { class: `json-${value === null ? "null" : typeof value}` }, JSON.stringify(value));
}
