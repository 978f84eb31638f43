import { at } from "../../core/at.js";
import { h } from "../../core/dom.js";
import { isRtl, offsetAtPoint } from "./caret.js";
import { assignLanes, placeLabels } from "./lanes.js";

/**
 * @typedef {object} Mark a range of the text with a look
 * @property {string} id
 * @property {number} start UTF-16
 * @property {number} end
 * @property {string} color
 * @property {string} label written under it
 * @property {'own' | 'same' | 'different'} look of others: says what the answer here says, or something else
 * @property {boolean} selected
 * @property {boolean} handles
 *
 * @typedef {import('./lines.js').Lines} Lines
 * @typedef {import('./lines.js').Chunk} Chunk
 * @typedef {Mark & {lane: number}} Placed
 */

/** A chunk that is one very long line is drawn only around the window. */
const LONG = 12_000;
const AROUND = 3000;
/** Pixels. */
const LONGEST_LABEL = 224;

/** Draws marks beneath the text of the chunks that are in sight. */
export class Marks {
  /** @type {Placed[]} by start */
  #placed = [];
  /** @type {Set<Chunk>} */
  #visible = new Set();
  /** @type {Map<Element, Chunk>} */
  #chunks = new Map();
  /** @type {Lines | null} */
  #lines = null;
  #observer;
  #longest = 0;
  #page;
  #scroller;
  /** @type {WeakMap<Chunk, string>} what was drawn last */
  #drawn = new WeakMap();
  /** @type {{start: number, end: number} | null} what is drawn of long chunks */
  #window = null;
  /** @type {Map<HTMLElement, number>} lines that need more lanes than are reserved */
  #deep = new Map();

  /**
   * @param {HTMLElement} page
   * @param {HTMLElement} scroller
   * @param {import('../../core/scope.js').Scope} scope
   */
  constructor(page, scroller, scope) {
    this.#page = page;
    this.#scroller = scroller;
    this.#observer = new IntersectionObserver((entries) => this.#onSeen(entries), {
      root: scroller,
      rootMargin: "400px 0px",
    });
    scope.add(() => this.#observer.disconnect());
  }

  /** @param {Lines} lines another text: nothing is marked yet */
  reset(lines) {
    this.#observer.disconnect();
    this.#visible.clear();
    this.#placed = [];
    this.#lines = lines;
    this.#chunks = new Map(lines.chunks.map((chunk) => [chunk.element, chunk]));
    for (const chunk of lines.chunks) this.#observer.observe(chunk.element);
    // The first ones are in sight already, and the observer speaks only after the frame.
    for (const chunk of lines.chunks.slice(0, 2)) this.#visible.add(chunk);
    this.#deep.clear();
  }

  /** Keeps room for one lane even without marks, so that the text does not move with the first one. */
  reserve() {
    this.#page.style.setProperty("--tx-lanes", "1");
  }

  /** @param {readonly Mark[]} marks in order of precedence for the upper lanes */
  set(marks) {
    const lanes = assignLanes(marks);
    this.#placed = marks
      .map((mark, index) => ({ ...mark, lane: at(lanes, index) }))
      .sort((a, b) => a.start - b.start);
    this.#longest = Math.max(0, ...marks.map(({ start, end }) => end - start));
    if (this.#makeRoom()) this.draw();
    else for (const chunk of this.#visible) this.#drawChunk(chunk, false);
  }

  draw() {
    this.#window = null;
    for (const chunk of this.#visible) this.#drawChunk(chunk, true);
  }

  /** After scrolling: draws what came into the window of a long chunk. */
  drawWindow() {
    const drawn = this.#window;
    if (!drawn) return;
    const { start, end } = this.#inSight();
    if (start >= drawn.start && end <= drawn.end) return;
    this.draw();
  }

  /**
   * @param {number} offset
   * @returns {Placed[]} marks over this character, the shortest first
   */
  at(offset) {
    return this.#between(offset, offset + 1).sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #onSeen(entries) {
    for (const { target, isIntersecting } of entries) {
      const chunk = this.#chunks.get(target);
      if (!chunk) continue;
      if (isIntersecting) {
        this.#visible.add(chunk);
        this.#drawChunk(chunk, true);
      } else if (this.#visible.delete(chunk)) {
        this.#drawn.delete(chunk);
        chunk.under.replaceChildren();
        chunk.over.replaceChildren();
      }
    }
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #between(start, end) {
    let low = 0;
    let high = this.#placed.length;
    const from = start - this.#longest;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(this.#placed, middle).start < from) low = middle + 1;
      else high = middle;
    }
    /** @type {Placed[]} */
    const found = [];
    for (let index = low; index < this.#placed.length; index += 1) {
      const mark = at(this.#placed, index);
      if (mark.start >= end) break;
      if (mark.end > start) found.push(mark);
    }
    return found;
  }

  /**
   * @param {Chunk} chunk
   * @param {boolean} moved whether the text may have moved: then what was drawn is worthless
   */
  #drawChunk(chunk, moved) {
    const part = chunk.end - chunk.start > LONG ? this.#windowOf(chunk) : chunk;
    const marks = this.#between(part.start, part.end);
    const look = JSON.stringify(marks);
    if (marks.length === 0 ? !chunk.under.firstChild : !moved && this.#drawn.get(chunk) === look) return;
    this.#drawn.set(chunk, look);
    const origin = chunk.element.getBoundingClientRect();
    const pieces = marks.flatMap((mark) => this.#pieces(mark, chunk, origin));
    hangLabels(pieces, origin.width);
    chunk.under.replaceChildren(...pieces.map((piece) => drawPiece(piece)));
    chunk.over.replaceChildren(
      ...pieces.filter(({ mark }) => mark.handles).flatMap((piece) => drawHandles(piece)),
    );
  }

  /** @param {Chunk} chunk */
  #windowOf(chunk) {
    const { start, end } = this.#inSight();
    this.#window = {
      start: start <= chunk.start ? 0 : start - AROUND,
      end: end >= chunk.end ? Infinity : end + AROUND,
    };
    return { start: Math.max(chunk.start, this.#window.start), end: Math.min(chunk.end, this.#window.end) };
  }

  /** @returns {{start: number, end: number}} the text between the edges of the window */
  #inSight() {
    const lines = /** @type {Lines} */ (this.#lines);
    const box = this.#scroller.getBoundingClientRect();
    const page = this.#page.getBoundingClientRect();
    const x = page.left + page.width / 2;
    const start = offsetAtPoint(lines, x, Math.max(box.top, page.top) + 4) ?? 0;
    const end =
      offsetAtPoint(lines, x, Math.min(box.bottom, page.bottom, innerHeight) - 4) ?? lines.text.length;
    return { start: Math.min(start, end), end };
  }

  /**
   * @param {Placed} mark
   * @param {Chunk} chunk
   * @param {DOMRect} origin
   * @returns {Piece[]} one per line of the screen
   */
  #pieces(mark, chunk, origin) {
    const from = Math.max(mark.start, chunk.start);
    const to = Math.min(mark.end, chunk.end);
    const lines = /** @type {Lines} */ (this.#lines);
    const rects = lines.rects(from, to).filter((rect) => rect.width > 0.5);
    const rtl = isRtl(lines.lineAt(from).element);
    return merge(rects).map((rect, index, all) => ({
      mark,
      rtl,
      x: rect.left - origin.left,
      y: rect.top - origin.top,
      width: rect.right - rect.left,
      height: rect.bottom - rect.top,
      label: null,
      first: index === 0 && from === mark.start,
      last: index === all.length - 1 && to === mark.end,
    }));
  }

  /**
   * Lines with marks over one another get higher, and no others.
   * @returns {boolean} whether the text moved
   */
  #makeRoom() {
    const lines = /** @type {Lines} */ (this.#lines);
    /** @type {Map<HTMLElement, number>} */
    const deep = new Map();
    for (const { start, end, lane } of this.#placed) {
      if (lane === 0) continue;
      for (const line of lines.linesIn(start, end)) {
        deep.set(line.element, Math.max(deep.get(line.element) ?? 0, lane + 1));
      }
    }
    const lower = [...this.#deep.keys()].filter((element) => !deep.has(element));
    const other = [...deep].filter(([element, lanes]) => this.#deep.get(element) !== lanes);
    for (const element of lower) setLanes(element, null);
    for (const [element, lanes] of other) setLanes(element, lanes);
    this.#deep = deep;
    return lower.length + other.length > 0;
  }
}

/**
 * @param {HTMLElement} line
 * @param {number | null} lanes null: as reserved
 */
function setLanes(line, lanes) {
  line.style.setProperty("--tx-lanes", lanes === null ? "" : String(lanes));
}

/**
 * @typedef {{mark: Placed, rtl: boolean, x: number, y: number, width: number, height: number,
 *   label: import('./lanes.js').Place | null, first: boolean, last: boolean}} Piece
 */

/**
 * Neighbors on one line become one: fonts that stand in for others cut lines into pieces.
 * @param {DOMRect[]} rects
 * @returns {{left: number, right: number, top: number, bottom: number}[]}
 */
function merge(rects) {
  /** @type {{left: number, right: number, top: number, bottom: number}[]} */
  const merged = [];
  for (const { left, right, top, bottom } of rects) {
    const before = merged.at(-1);
    const sameLine = before && Math.abs(before.bottom - bottom) < (bottom - top) / 2;
    if (before && sameLine && left <= before.right + 1 && right >= before.left - 1) {
      before.left = Math.min(before.left, left);
      before.right = Math.max(before.right, right);
      before.top = Math.min(before.top, top);
      before.bottom = Math.max(before.bottom, bottom);
    } else {
      merged.push({ left, right, top, bottom });
    }
  }
  return merged;
}

/**
 * @param {Piece[]} pieces
 * @param {number} edge where the page ends
 */
function hangLabels(pieces, edge) {
  const labeled = pieces.filter(({ first, mark }) => first && mark.label);
  const tags = labeled.map(({ mark, x, y, width, rtl }) => {
    return { x, y, width, rtl, lane: mark.lane, label: widthOf(mark.label), whole: mark.selected };
  });
  for (const [index, place] of placeLabels(tags, edge).entries()) at(labeled, index).label = place;
}

/** @type {Map<string, number>} */
const widths = new Map();
/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/**
 * @param {string} label
 * @returns {number} its pixels in the font of labels (static/css/label-text.css)
 */
function widthOf(label) {
  const known = widths.get(label);
  if (known !== undefined) return known;
  if (!ruler) {
    const { fontSize } = getComputedStyle(document.documentElement);
    ruler = document.createElement("canvas").getContext("2d");
    const { fontFamily } = getComputedStyle(document.body);
    if (ruler) ruler.font = `500 ${0.625 * Number.parseFloat(fontSize)}px ${fontFamily}`;
  }
  const width = Math.min(Math.ceil((ruler?.measureText(label).width ?? 0) * 1.02) + 2, LONGEST_LABEL);
  if (document.fonts.status === "loaded") widths.set(label, width);
  return width;
}

/** @param {Piece} piece */
function drawPiece({ mark, x, y, width, height, label, first, last }) {
  const { lane, look, selected } = mark;
  const element = h("div", {
    class: `tx-mark is-${look}`,
    "data-id": mark.id,
    "data-label": first ? mark.label : null,
  });
  element.classList.toggle("is-selected", selected);
  element.classList.toggle("is-first", first);
  element.classList.toggle("is-last", last);
  const { style } = element;
  style.transform = `translate(${x}px, ${y}px)`;
  style.width = `${width}px`;
  style.height = `${height}px`;
  style.setProperty("--mark", mark.color);
  style.setProperty("--at", String(lane));
  if (label) {
    style.setProperty("--label-at", `${label.left - x}px`);
    style.setProperty("--room", `${Math.max(label.right - label.left, 8)}px`);
  }
  return element;
}

/** @param {Piece} piece */
function drawHandles({ mark, rtl, x, y, width, height, first, last }) {
  const ends = [first ? /** @type {const} */ ("start") : null, last ? /** @type {const} */ ("end") : null];
  return ends
    .filter((end) => end !== null)
    .map((end) => {
      const element = h("div", { class: "tx-handle", "data-handle": end, "data-id": mark.id });
      const right = (end === "end") !== rtl;
      element.style.transform = `translate(${right ? x + width : x}px, ${y}px)`;
      element.style.height = `${height}px`;
      element.style.setProperty("--mark", mark.color);
      return element;
    });
}
