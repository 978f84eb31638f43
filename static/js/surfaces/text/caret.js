import { nextCharacter, nextWord, previousCharacter, previousWord } from "./words.js";

/**
 * @typedef {import('./lines.js').Lines} Lines
 * @typedef {'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'start' | 'finish' | 'pageup' | 'pagedown'} Move
 */

/** A caret in a text that cannot be edited, so that ranges can be chosen by keyboard alone. */
export class Caret {
  /** @type {number | null} where up and down want to stay */
  #goal = null;
  /** @type {Lines | null} */
  #lines = null;
  #element;
  #scroller;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} element what shows the caret
   */
  constructor(scroller, element) {
    this.#scroller = scroller;
    this.#element = element;
    this.offset = 0;
  }

  /** @param {Lines} lines */
  reset(lines) {
    this.#lines = lines;
    this.offset = 0;
    this.hide();
  }

  /** @param {number} offset */
  place(offset) {
    this.offset = offset;
    this.#goal = null;
  }

  /**
   * @param {Move} move as on the screen: in a right-to-left line, left is forward
   * @param {boolean} byWord
   */
  move(move, byWord) {
    const lines = /** @type {Lines} */ (this.#lines);
    if (move === "up" || move === "down" || move === "pageup" || move === "pagedown") {
      this.#moveVertically(move);
      return;
    }
    this.#goal = null;
    const line = lines.lineAt(this.offset);
    if (move === "home") this.offset = line.start;
    else if (move === "end") this.offset = line.end - (lines.text[line.end - 1] === "\n" ? 1 : 0);
    else if (move === "start") this.offset = 0;
    else if (move === "finish") this.offset = lines.text.length;
    else this.offset = step(lines.text, this.offset, (move === "right") !== isRtl(line.element), byWord);
  }

  /** @param {boolean} reveal scrolls there */
  draw(reveal) {
    const rect = this.rect();
    const page = /** @type {Lines} */ (this.#lines).page.getBoundingClientRect();
    this.#element.hidden = false;
    this.#element.style.transform = `translate(${rect.left - page.left}px, ${rect.top - page.top}px)`;
    this.#element.style.height = `${rect.height}px`;
    if (reveal) revealRect(this.#scroller, rect);
  }

  hide() {
    this.#element.hidden = true;
  }

  /** @returns {{left: number, top: number, height: number}} on the screen */
  rect() {
    const lines = /** @type {Lines} */ (this.#lines);
    const { element } = lines.lineAt(this.offset);
    // Where the text wraps, the caret stands before the next character rather than behind the last.
    const next = lines
      .rects(this.offset, nextCharacter(lines.text, this.offset))
      .find((one) => one.width > 0.5);
    if (next) return { left: isRtl(element) ? next.right : next.left, top: next.top, height: next.height };
    const rect = lines.range(this.offset, this.offset).getBoundingClientRect();
    if (rect.height > 0) return { left: rect.left, top: rect.top, height: rect.height };
    const box = element.getBoundingClientRect();
    return { left: isRtl(element) ? box.right : box.left, top: box.top, height: Math.min(box.height, 24) };
  }

  /** @param {'up' | 'down' | 'pageup' | 'pagedown'} move */
  #moveVertically(move) {
    const up = move === "up" || move === "pageup";
    const page = move.startsWith("page");
    revealRect(this.#scroller, this.rect());
    const before = this.rect();
    this.#goal ??= before.left;
    if (page) this.#scroller.scrollTop += (up ? -1 : 1) * this.#scroller.clientHeight * 0.8;
    for (let reach = 0.6; reach < 6; reach += 0.4) {
      const at = page
        ? before.top + before.height / 2
        : up
          ? before.top - before.height * reach
          : before.top + before.height * (1 + reach);
      const next = offsetAtPoint(/** @type {Lines} */ (this.#lines), this.#goal, at);
      if (next !== null && next !== this.offset && (page || next < this.offset === up)) {
        this.offset = next;
        return;
      }
    }
  }
}

/**
 * @param {Lines} lines
 * @param {number} x on the screen
 * @param {number} y
 * @returns {number | null}
 */
export function offsetAtPoint(lines, x, y) {
  if (document.caretPositionFromPoint) {
    const position = document.caretPositionFromPoint(x, y);
    return position && lines.offsetOf(position.offsetNode, position.offset);
  }
  const range = document.caretRangeFromPoint(x, y);
  return range && lines.offsetOf(range.startContainer, range.startOffset);
}

/** @param {Element} element */
export function isRtl(element) {
  return getComputedStyle(element).direction === "rtl";
}

/**
 * @param {HTMLElement} scroller
 * @param {{top: number, height: number}} rect
 */
export function revealRect(scroller, { top, height }) {
  const box = scroller.getBoundingClientRect();
  const margin = Math.min(80, box.height / 4);
  const above = top - box.top - margin;
  const below = top + height - box.bottom + margin;
  if (above < 0) scroller.scrollTop += above;
  else if (below > 0) scroller.scrollTop += below;
}

/**
 * @param {string} text
 * @param {number} offset
 * @param {boolean} forward
 * @param {boolean} byWord
 */
function step(text, offset, forward, byWord) {
  if (forward) return byWord ? nextWord(text, offset) : nextCharacter(text, offset);
  return byWord ? previousWord(text, offset) : previousCharacter(text, offset);
}
