// The connection to the workspace: frames in, actions out. It comes back by itself for as long as the page is open.

import { tabName } from "./memory.js";

const SESSION = tabName(); // Modals stand in the tab that they were opened in.
const FIRST_WAIT = 300; // ms; doubled after each failure …
const LONGEST_WAIT = 5000; // … up to this: the server is on this computer, so it is back when it is back.

export class Connection {
  #socket = null;
  #timer = 0;
  #failures = 0;

  // `onFrame(frame)` gets each message of the server, `onState("connecting" | "online" | "offline")` each change.
  constructor({ onFrame, onState }) {
    this.onFrame = onFrame;
    this.onState = onState;
    this.user = "";
    window.addEventListener("online", () => this.retry());
  }

  // Speak as this person ("" lets the server choose), dropping any connection as somebody else.
  connectAs(user) {
    this.user = user;
    this.#open();
  }

  retry() {
    if (this.#socket?.readyState !== WebSocket.OPEN) this.#open();
  }

  // Whether the action left. A page that is offline keeps what was typed.
  send(action) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(action));
    return true;
  }

  #open() {
    clearTimeout(this.#timer);
    this.#forget();
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    this.onState("connecting");
    socket.addEventListener("open", () => {
      this.#failures = 0;
      this.onState("online");
    });
    socket.addEventListener("message", (event) => this.onFrame(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.#closed(socket));
  }

  // A socket we left must neither speak nor bring itself back.
  #forget() {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
  }

  #closed(socket) {
    if (socket !== this.#socket) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.onState("offline");
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #url() {
    const url = new URL("/page/socket", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.user) url.searchParams.set("user", this.user);
    url.searchParams.set("session", SESSION);
    return url;
  }
}
