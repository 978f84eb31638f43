import { icon } from "../../ui/icon.js";

/**
 * @typedef {'saved' | 'local' | 'offline' | 'signed-out' | 'refused' | 'versions' | 'volatile'} Kind
 * @typedef {{kind: Kind, waiting: number}} State
 */

const SHOWN = /** @type {const} */ ({
  saved: { state: "saved", icon: "circle-check", text: "saved" },
  local: { state: "local", icon: "circle-dot", text: "saved here" },
  offline: { state: "offline", icon: "cloud-off", text: "offline" },
  "signed-out": { state: "offline", icon: "log-out", text: "sign in again" },
  versions: { state: "conflict", icon: "git-compare", text: "two versions" },
  refused: { state: "conflict", icon: "circle-alert", text: "not accepted" },
  volatile: { state: "offline", icon: "triangle-alert", text: "only in this tab" },
});

/**
 * What is true of everything that was typed, worst first.
 * @param {{line: string, waiting: number, draft: string, durable: boolean, trouble: "refused" | "versions" | null}} facts
 * @returns {State}
 */
export function stateOf({ line, waiting, draft, durable, trouble }) {
  if (line === "signed-out") return { kind: "signed-out", waiting };
  if (line === "offline" || draft === "offline") return { kind: "offline", waiting };
  if (trouble) return { kind: trouble, waiting };
  if (waiting > 0 || draft === "local") return { kind: durable ? "local" : "volatile", waiting };
  return { kind: "saved", waiting };
}

/**
 * @param {HTMLElement} element
 * @param {State} state
 */
export function showState(element, { kind, waiting }) {
  const shown = SHOWN[kind];
  const text = waiting > 0 && shown.state !== "conflict" ? `${shown.text} (${waiting} waiting)` : shown.text;
  if (element.dataset.kind === kind && element.textContent === text) return;
  element.dataset.kind = kind;
  element.dataset.state = shown.state;
  const words = document.createElement("span");
  words.textContent = text;
  if (kind === "signed-out") {
    const link = document.createElement("a");
    link.href = "/accounts/login/";
    link.target = "_blank";
    link.textContent = text;
    words.replaceChildren(link);
  }
  element.replaceChildren(icon(shown.icon), words);
}
