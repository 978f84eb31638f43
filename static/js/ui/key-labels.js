import { isApple, showCombo } from "../core/combo.js";
import { h } from "../core/dom.js";

/** What a key presses; rows of lists have a `data-key` of another kind. */
export const KEYED = ":is(a, button)[data-key]";

/**
 * A combination as key caps; a screen reader reads it as one word.
 * @param {string} combo such as `Mod+K`
 * @returns {HTMLElement}
 */
export function keyCaps(combo) {
  const shown = showCombo(combo);
  const parts = isApple() ? [shown] : shown.split(" ");
  return h(
    "span",
    { class: "keys" },
    parts.map((part) => h("kbd", {}, [part])),
  );
}

/**
 * What a button or link is called, without the keys that stand on it.
 * @param {Element} element
 * @returns {string}
 */
export function titleOf(element) {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const keys of copy.querySelectorAll(".keys, .count")) keys.remove();
  return (element.getAttribute("aria-label") ?? copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
