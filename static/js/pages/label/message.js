import { showCombo } from "../../core/combo.js";
import { h, keycap } from "../../core/dom.js";

/**
 * @typedef {import('./types.js').Reason} Reason
 * @typedef {{title: string, text: string, again: number}} Words `again`: seconds until it is worth asking again; 0: never
 */

/** Why there is nothing to do, and what can be done about it. @type {Record<string, Words>} */
const REASONS = {
  all_done: {
    title: "All done",
    text: "Every item has its answers. Thank you. Your answers can still be looked at and corrected.",
    again: 60,
  },
  waiting_for_others: {
    title: "Nothing for you just now",
    text: "Others still work on the last items. Some may come back, so this page looks again by itself.",
    again: 15,
  },
  searching: {
    title: "Looking for your next item",
    text: "You have had many of the items that are open here. This page goes on looking by itself.",
    again: 1,
  },
  empty: {
    title: "No items yet",
    text: "The project has no data so far. They appear here as soon as somebody imports some.",
    again: 30,
  },
  paused: { title: "The project is paused", text: "Work goes on when a manager resumes it.", again: 30 },
  not_live: {
    title: "The project has not been launched",
    text: "A manager launches it when everything is ready.",
    again: 30,
  },
  person_paused: {
    title: "You are paused in this project",
    text: "Only a manager can end the pause; your inbox will tell you, and this page goes on by itself. Until then the guideline and your answers are open to you.",
    again: 60,
  },
  certificate: {
    title: "You need a certificate",
    text: "Your certificate has run out, was withdrawn, or is new here. Practice, pass the quiz, and go on.",
    again: 60,
  },
  waiting: { title: "The next item is on its way", text: "", again: 1 },
  offline: {
    title: "No connection",
    text: "All items that were here are answered. Your answers wait in this browser and go out by themselves.",
    again: 5,
  },
  signed_out: {
    title: "Your session has ended",
    text: "Sign in in another tab; then this page goes on. Nothing you did is lost.",
    again: 5,
  },
};

/**
 * @param {Reason} reason
 * @returns {Words} for a code that we do not know: the server's own words
 */
export function wordsFor({ code, text }) {
  const known = REASONS[code];
  if (known) return known;
  return { title: "No items for you now", text: text ? "" : "Ask a manager of the project.", again: 60 };
}

/**
 * Nothing is here, and the server has not said why: it is being asked, or cannot be.
 * @param {string} line how the connection does
 * @returns {Reason}
 */
export function passingReason(line) {
  const code = { offline: "offline", "signed-out": "signed_out" }[line] ?? "waiting";
  return { code, text: "", guideline_version: null };
}

/** @param {() => void} open */
function guidelineButton(open) {
  const button = h("button", { type: "button", class: "button" }, ["Guideline", keycap(showCombo("g"))]);
  button.addEventListener("click", open);
  return button;
}

/** What stands in place of the item when there is none. */
export class Message {
  #element;
  #root;

  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} root of the labeling component
   */
  constructor(element, root) {
    this.#element = element;
    this.#root = root;
  }

  get shown() {
    return !this.#element.hidden;
  }

  hide() {
    this.#element.hidden = true;
    this.#root.hidden = false;
  }

  /**
   * @param {Reason} reason
   * @param {{answers: string, course?: string, guideline?: () => void, again: () => void}} ways
   * @returns {number} seconds until it is worth asking again
   */
  show(reason, { answers, course, guideline, again }) {
    const words = wordsFor(reason);
    const look = h("button", { type: "button", class: "button" }, ["Look again"]);
    look.addEventListener("click", again);
    this.fill([
      h("h1", {}, [words.title]),
      reason.text ? h("p", { class: "label-reason", dir: "auto" }, [reason.text]) : null,
      words.text ? h("p", {}, [words.text]) : null,
      h("div", { class: "row" }, [
        reason.code === "certificate" && course
          ? h("a", { class: "button primary", href: course }, ["To practice and quiz"])
          : null,
        reason.code === "person_paused" && guideline ? guidelineButton(guideline) : null,
        h("a", { class: "button", href: answers }, ["My answers"]),
        look,
      ]),
    ]);
    this.#element.dataset.reason = reason.code;
    return words.again;
  }

  /** @param {(Node | null)[]} children anything that fills the place */
  fill(children) {
    delete this.#element.dataset.reason;
    this.#element.replaceChildren(...children.filter((child) => child !== null));
    this.#element.hidden = false;
    this.#root.hidden = true;
  }
}
