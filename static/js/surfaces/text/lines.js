import { at } from "../../core/at.js";
import { h } from "../../core/dom.js";

const CHUNK = 4000;
/** A browser's cost of finding a place grows with the length of its text node. */
const PIECE = 1500;

/**
 * @typedef {{node: Text, start: number, end: number}} Piece offsets in UTF-16 units
 * @typedef {{element: HTMLElement, pieces: Piece[], start: number, end: number, index: number}} Line
 * @typedef {{element: HTMLElement, under: HTMLElement, over: HTMLElement, start: number, end: number}} Chunk
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
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed + 1;
    lines.push({ start, end });
    start = end;
  } while (start < text.length);
  return lines;
}

/**
 * Pieces of a long line, cut where there is white space, so that no word is shaped in two parts.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {{start: number, end: number}[]} at least one; together they are the line
 */
export function splitPieces(text, start, end) {
  /** @type {{start: number, end: number}[]} */
  const pieces = [];
  let from = start;
  do {
    let to = Math.min(end, from + PIECE);
    while (to < end && to < from + 2 * PIECE && text.charAt(to) !== " ") to += 1;
    if (to < end && /[\udc00-\udfff]/.test(text.charAt(to))) to += 1;
    pieces.push({ start: from, end: to });
    from = to;
  } while (from < end);
  return pieces;
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
  /** @type {WeakMap<Node, Piece | Line | Chunk>} */
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
      if (at(this.#lines, middle).start <= offset) low = middle;
      else high = middle - 1;
    }
    return at(this.#lines, low);
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {Generator<Line>} the lines that have a part in the range
   */
  *linesIn(start, end) {
    for (let { index } = this.lineAt(start); index < this.#lines.length; index += 1) {
      const line = at(this.#lines, index);
      if (line.start >= end) return;
      yield line;
    }
  }

  /**
   * @param {number} offset
   * @returns {Chunk}
   */
  chunkAt(offset) {
    return this.chunks.findLast((chunk) => chunk.start <= offset) ?? at(this.chunks, 0);
  }

  /**
   * @param {Node | null} node a boundary point of the browser's
   * @param {number} offset
   * @returns {number | null} offset in the text, null outside
   */
  offsetOf(node, offset) {
    if (!node || !this.page.contains(node)) return null;
    if (node instanceof Text) return (this.#byNode.get(node)?.start ?? 0) + offset;
    const child = node.childNodes[offset];
    return child ? this.#edge(child, "start") : this.#edge(node, "end");
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {Range}
   */
  range(start, end) {
    const range = document.createRange();
    const first = this.pieceAt(start);
    const last = end === start ? first : this.pieceAt(end, true);
    range.setStart(first.node, start - first.start);
    range.setEnd(last.node, end - last.start);
    return range;
  }

  /**
   * @param {number} start
   * @param {number} end
   * @returns {DOMRect[]} of the characters; a range over several lines would also give the boxes of whole lines
   */
  rects(start, end) {
    /** @type {DOMRect[]} */
    const rects = [];
    for (const line of this.linesIn(start, end)) {
      rects.push(...this.range(Math.max(start, line.start), Math.min(end, line.end)).getClientRects());
    }
    return rects;
  }

  /**
   * @param {number} offset
   * @param {boolean} [ending] prefers the piece that ends here to the one that begins
   * @returns {Piece}
   */
  pieceAt(offset, ending = false) {
    const { pieces } = this.lineAt(ending ? Math.max(0, offset - 1) : offset);
    return (
      pieces.find(({ end }) => (ending ? end >= offset : end > offset)) ??
      /** @type {Piece} */ (pieces.at(-1))
    );
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #addLine(start, end) {
    let chunk = this.chunks.at(-1);
    if (!chunk || chunk.end - chunk.start > CHUNK) {
      const under = h("div", { class: "tx-under", "aria-hidden": "true" });
      const over = h("div", { class: "tx-over", "aria-hidden": "true" });
      chunk = { element: h("div", { class: "tx-chunk" }, [under, over]), under, over, start, end };
      this.chunks.push(chunk);
    }
    const pieces = splitPieces(this.text, start, end).map((piece) => ({
      ...piece,
      node: document.createTextNode(this.text.slice(piece.start, piece.end)),
    }));
    const content = h(
      "span",
      { class: "tx-text" },
      pieces.map(({ node }) => node),
    );
    const element = h("div", { class: "tx-line", dir: "auto" }, [content]);
    const line = { element, pieces, start, end, index: this.#lines.length };
    chunk.end = end;
    chunk.over.before(element);
    this.#lines.push(line);
    for (const piece of pieces) this.#byNode.set(piece.node, piece);
    this.#byNode.set(element, line).set(content, line).set(chunk.element, chunk);
  }

  /**
   * @param {Node} node
   * @param {'start' | 'end'} side
   * @returns {number}
   */
  #edge(node, side) {
    const found = this.#byNode.get(node);
    if (found) return found[side];
    return side === "start" ? 0 : this.text.length;
  }
}
