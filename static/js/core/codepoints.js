import { at } from "./at.js";

/**
 * Offsets of a text in Unicode code points (what we store) and UTF-16 units (what the browser counts).
 * Costs memory only for characters outside the basic plane. A lone surrogate counts as one.
 */
export class CodePoints {
  /** UTF-16 offset of each pair, ascending. */
  #pairs;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.#pairs = pairsOf(text);
    this.length = text.length - this.#pairs.length;
  }

  /**
   * @param {number} unit UTF-16 offset; inside a pair it counts as before it
   * @returns {number} code points before it
   */
  fromUtf16(unit) {
    return unit - countBelow(this.#pairs.length, (index) => at(this.#pairs, index) < unit);
  }

  /**
   * @param {number} point code-point offset
   * @returns {number} UTF-16 offset
   */
  toUtf16(point) {
    return point + countBelow(this.#pairs.length, (index) => at(this.#pairs, index) - index < point);
  }

  /**
   * @param {number} start code points
   * @param {number} end
   * @returns {string}
   */
  slice(start, end) {
    return this.text.slice(this.toUtf16(start), this.toUtf16(end));
  }
}

/**
 * @param {string} text
 * @returns {number} code points
 */
export function countCodePoints(text) {
  return text.length - pairsOf(text).length;
}

/**
 * @param {string} text
 * @returns {number[]}
 */
function pairsOf(text) {
  /** @type {number[]} */
  const pairs = [];
  for (const match of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) pairs.push(match.index);
  return pairs;
}

/**
 * @param {number} length
 * @param {(index: number) => boolean} below true for a prefix of the indexes
 * @returns {number} how many
 */
function countBelow(length, below) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (below(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
