import { h } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";
import { summarize } from "./summaries.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {{text: string, run: () => void, primary?: boolean}} Action
 * @typedef {{tone: 'warn' | 'bad' | 'neutral', icon: string, lines: (string | Node)[], actions?: Action[]}} Notice
 */

/** What has to be said about the item on the screen, above it: one thing at a time, the gravest. */
export class Banner {
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  hide() {
    this.#element.hidden = true;
    this.#element.replaceChildren();
  }

  /** @param {Notice} notice */
  show({ tone, icon: name, lines, actions = [] }) {
    const buttons = actions.map((action) => button(action));
    this.#element.replaceChildren(
      h("div", { class: `callout ${tone}`, role: "status" }, [
        icon(name),
        h("div", { dir: "auto" }, [
          ...lines.map((line) => (line instanceof Node ? line : h("p", {}, [line]))),
        ]),
        ...buttons,
      ]),
    );
    this.#element.hidden = false;
  }

  /**
   * Two versions of one answer: both to be looked at, one to be kept.
   * @param {{title: string, definition: unknown, mine: Answer, theirs: Answer, look: (value: Answer) => void,
   *   keepMine: () => void, keepTheirs: () => void}} options
   */
  versions({ title, definition, mine, theirs, look, keepMine, keepTheirs }) {
    const side = (
      /** @type {string} */ heading,
      /** @type {Answer} */ value,
      /** @type {Answer} */ other,
      /** @type {() => void} */ keep,
    ) =>
      h("section", { class: "panel label-version" }, [
        h("h2", {}, [heading]),
        h(
          "dl",
          { class: "facts" },
          summarize(definition, value, other).flatMap(({ title: name, text, differs }) => [
            h("dt", { dir: "auto" }, [name]),
            h("dd", { dir: "auto", class: differs ? "differs" : null }, [text]),
          ]),
        ),
        h("div", { class: "row" }, [
          button({ text: "Look at it", run: () => look(value) }),
          button({ text: "Keep this one", run: keep, primary: true }),
        ]),
      ]);
    this.#element.replaceChildren(
      h("div", { class: "label-conflict", role: "alert" }, [
        h("p", {}, [icon("git-compare"), ` ${title}`]),
        h("div", { class: "versions" }, [
          side("Yours, here", mine, theirs, keepMine),
          side("The saved one", theirs, mine, keepTheirs),
        ]),
      ]),
    );
    this.#element.hidden = false;
  }
}

/** @param {Action} action */
function button({ text, run, primary = false }) {
  const element = h("button", { type: "button", class: primary ? "button primary" : "button" }, [text]);
  element.addEventListener("click", run);
  return element;
}
