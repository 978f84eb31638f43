import { h } from '../../core/dom.js';

const CHUNK = 4000;

/**
 * @typedef {{element: HTMLElement, node: Text, start: number, end: number, index: number}} Line offsets in UTF-16 units
 * @typedef {{element: HTMLElement, under: HTMLElement, over: HTMLElement, lines: Line[], start: number, end: number}} Chunk
 */

/**
 * Where lines begin: after every line feed, which stays with its line.
 * @param {string} text
 * @returns {{start: number, end: number}[]} at least one; together they are the text
 */
export function splitLines(text) {
  /** @type {{start: number, end: number}[]} */
  const lines = [];
  let start = 0;
  do {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed + 1;
    lines.push({ start, end });
    start = end;
  } while (start < text.length);
  return lines;
}

/**
 * The text as DOM: written once per item as plain text nodes, exactly as imported. Chunks of lines are laid out only
 * when they come into sight (`content-visibility`); each has a layer under and one over its text to draw on.
 */
export class Lines {
  /** @type {Chunk[]} */
  chunks = [];
  /** @type {Line[]} */
  #lines = [];
  /** @type {WeakMap<Node, Line>} */
  #byNode = new WeakMap();

  /**
   * @param {HTMLElement} page
   * @param {string} text
   */
  constructor(page, text) {
    this.page = page;
    this.text = text;
    for (const { start, end } of splitLines(text)) this.#addLine(start, end);
    page.replaceChildren(...this.chunks.map((chunk) => chunk.element));
  }

  /**
   * @param {number} offset
   * @returns {Line}
   */
  lineAt(offset) {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lines[middle].start <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#lines[low];
  }

  /**
   * @param {Line} line
   * @returns {Line} the next one, undefined after the last
   */
  after(line) {
    return this.#lines[line.index + 1];
  }

  /**
   * @param {number} offset
   * @returns {Chunk}
   */
  chunkAt(offset) {
    return this.chunks.findLast((chunk) => chunk.start <= offset) ?? this.chunks[0];
  }

  /**
   * @param {Node | null} node a boundary point of the browser's
   * @param {number} offset
   * @returns {number | null} offset in the text, null outside
   */
  offsetOf(node, offset) {
    if (!node || !this.page.contains(node)) return null;
    const line = this.#byNode.get(node);
    if (line) return line.start + offset;
    const child = node.childNodes[offset];
    if (child) return this.#edge(child, 'start');
    return this.#edge(node, 'end');
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {Range}
   */
  range(start, end) {
    const range = document.createRange();
    const first = this.lineAt(start);
    const last = end > first.end || end === start ? this.lineAt(end) : first;
    range.setStart(first.node, start - first.start);
    range.setEnd(last.node, end - last.start);
    return range;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #addLine(start, end) {
    let chunk = this.chunks.at(-1);
    if (!chunk || chunk.end - chunk.start > CHUNK) {
      const under = h('div', { class: 'tx-under', 'aria-hidden': 'true' });
      const over = h('div', { class: 'tx-over', 'aria-hidden': 'true' });
      chunk = { element: h('div', { class: 'tx-chunk' }, [under, over]), under, over, lines: [], start, end };
      this.chunks.push(chunk);
    }
    const node = document.createTextNode(this.text.slice(start, end));
    const element = h('div', { class: 'tx-line', dir: 'auto' }, [h('span', { class: 'tx-text' }, [node])]);
    const line = { element, node, start, end, index: this.#lines.length };
    chunk.lines.push(line);
    chunk.end = end;
    chunk.over.before(element);
    this.#lines.push(line);
    this.#byNode.set(node, line);
  }

  /**
   * @param {Node} node
   * @param {'start' | 'end'} side
   * @returns {number}
   */
  #edge(node, side) {
    const line = this.#byNode.get(node) ?? this.#lines.find(({ element }) => element === node || element.contains(node));
    const found = line ?? this.chunks.find(({ element }) => element === node);
    if (found) return found[side];
    return side === 'start' ? 0 : this.text.length;
  }
}
