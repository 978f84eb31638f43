/**
 * Masks as run lengths: COCO's compressed text, and what can be told of masks without unpacking them; pure.
 *
 * Pixels are counted down the columns from the top left. The text holds the lengths of runs, background first; from the
 * fourth on as the difference to the run two before. A number is written in groups of five bits, the lowest first, the
 * highest bit of the last one being its sign: each group is a character from "0" on, 32 higher where another follows.
 *
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 * @typedef {import('../../surfaces/image/types.js').Size} Size
 * @typedef {{readonly size: readonly number[], readonly counts: string}} Mask height and width; compressed counts
 * @typedef {{height: number, width: number, edges: Int32Array}} Runs where runs begin and end, ascending
 */
import { grouped } from "../../core/numbers.js";

const FIRST = 48;
/** Most characters of a number: 35 bits. */
const LONGEST = 7;

/** A text that is not the run lengths of a mask; says what it does. */
export class RunError extends Error {}

/**
 * @param {string} text
 * @param {number} height
 * @param {number} width
 * @returns {Runs} without runs of no length; throws RunError
 */
export function parseCounts(text, height, width) {
  const lengths = undone(numbersIn(text));
  const pixels = height * width;
  if (lengths.some((length) => length < 0)) throw new RunError("has a run of negative length");
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total > pixels) throw new RunError(`covers more than the ${grouped(pixels)} pixels of its size`);
  if (total < pixels)
    throw new RunError(`covers ${grouped(total)} of the ${grouped(pixels)} pixels of its size`);
  const edges = new Int32Array(lengths.length);
  let [count, at] = [0, 0];
  for (let index = 0; index + (lengths.length % 2) < lengths.length; index += 1) {
    at += lengths[index] ?? 0;
    if (count > 0 && edges[count - 1] === at) count -= 1;
    else edges[count++] = at;
  }
  return { height, width, edges: edges.slice(0, count) };
}

/**
 * @param {Runs} runs
 * @returns {string}
 */
export function countsOf({ height, width, edges }) {
  /** @type {number[]} */
  const lengths = [];
  let before = 0;
  for (const edge of edges) {
    lengths.push(edge - before);
    before = edge;
  }
  if (before < height * width) lengths.push(height * width - before);
  /** @type {string[]} */
  const written = [];
  for (let index = 0; index < lengths.length; index += 1) {
    let left = /** @type {number} */ (lengths[index]) - (index > 2 ? (lengths[index - 2] ?? 0) : 0);
    let more = true;
    while (more) {
      const group = left & 31;
      left >>= 5;
      more = left !== (group & 16 ? -1 : 0);
      written.push(String.fromCharCode(FIRST + group + (more ? 32 : 0)));
    }
  }
  return written.join("");
}

/**
 * @param {string} text
 * @returns {number[]}
 */
function numbersIn(text) {
  /** @type {number[]} */
  const found = [];
  let [value, place, longest] = [0, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index) - FIRST;
    if (code < 0 || code > 63) throw new RunError("has a character that run lengths do not have");
    value += (code & 31) * 2 ** (5 * place);
    place += 1;
    longest = Math.max(longest, place);
    if (code & 32) continue;
    found.push(code & 16 ? value - 2 ** (5 * place) : value);
    [value, place] = [0, 0];
  }
  if (place > 0) throw new RunError("ends within a number");
  if (longest > LONGEST) throw new RunError("has a number that is too long");
  return found;
}

/**
 * Lengths from differences.
 *
 * @param {number[]} numbers changed in place
 */
function undone(numbers) {
  for (let index = 3; index < numbers.length; index += 1)
    numbers[index] = (numbers[index] ?? 0) + (numbers[index - 2] ?? 0);
  return numbers;
}

/** @param {Runs} runs */
export function areaOf({ edges }) {
  let area = 0;
  for (let index = 0; index < edges.length; index += 2)
    area += /** @type {number} */ (edges[index + 1]) - /** @type {number} */ (edges[index]);
  return area;
}

/**
 * @param {Runs} runs with pixels
 * @returns {Box}
 */
export function boxOf({ height, edges }) {
  let [top, bottom] = [height, 0];
  for (let index = 0; index < edges.length; index += 2) {
    const [start, last] = [
      /** @type {number} */ (edges[index]),
      /** @type {number} */ (edges[index + 1]) - 1,
    ];
    // A run that goes on in the next column reaches from the bottom to the top.
    const on = Math.floor(start / height) !== Math.floor(last / height);
    top = Math.min(top, on ? 0 : start % height);
    bottom = Math.max(bottom, on ? height : (last % height) + 1);
  }
  const left = Math.floor(/** @type {number} */ (edges[0]) / height);
  const right = Math.floor(((edges.at(-1) ?? 0) - 1) / height) + 1;
  return [left, top, right - left, bottom - top];
}

/**
 * @param {Runs} runs
 * @param {number} x
 * @param {number} y
 */
export function holds({ height, width, edges }, x, y) {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= width || row >= height) return false;
  const at = column * height + row;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {number} */ (edges[middle]) <= at) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/**
 * @param {Runs} a
 * @param {Runs} b of the same size
 * @returns {number} intersection over union of the pixels
 */
export function runIou(a, b) {
  if (a.height !== b.height || a.width !== b.width) return 0;
  let [shared, i, j] = [0, 0, 0];
  while (i < a.edges.length && j < b.edges.length) {
    const [from, to] = [/** @type {number} */ (a.edges[i]), /** @type {number} */ (a.edges[i + 1])];
    const [start, end] = [/** @type {number} */ (b.edges[j]), /** @type {number} */ (b.edges[j + 1])];
    shared += Math.max(0, Math.min(to, end) - Math.max(from, start));
    if (to < end) i += 2;
    else j += 2;
  }
  return shared / (areaOf(a) + areaOf(b) - shared);
}

/**
 * @param {Runs} runs
 * @param {Box} box that holds all of it
 * @returns {Uint8Array} 1 for its pixels, down the columns of the box
 */
export function unpacked({ height, edges }, [left, top, width, tall]) {
  const pixels = new Uint8Array(width * tall);
  for (let index = 0; index < edges.length; index += 2) {
    let [at, end] = [/** @type {number} */ (edges[index]), /** @type {number} */ (edges[index + 1])];
    while (at < end) {
      const column = Math.floor(at / height);
      const stop = Math.min(end, (column + 1) * height);
      const start = (column - left) * tall - top - column * height;
      pixels.fill(1, start + at, start + stop);
      at = stop;
    }
  }
  return pixels;
}

/**
 * @param {Uint8Array} pixels down the columns of the box
 * @param {Box} box
 * @param {Size} image
 * @returns {Runs}
 */
export function packed(pixels, [left, top, width, tall], image) {
  /** @type {number[]} */
  const edges = [];
  const put = (/** @type {number} */ at) => {
    if (edges.at(-1) === at) edges.pop();
    else edges.push(at);
  };
  for (let column = 0; column < width; column += 1) {
    const start = (left + column) * image.height + top;
    let before = 0;
    for (let row = 0; row < tall; row += 1) {
      const pixel = /** @type {number} */ (pixels[column * tall + row]);
      if (pixel !== before) put(start + row);
      before = pixel;
    }
    if (before) put(start + tall);
  }
  return { height: image.height, width: image.width, edges: Int32Array.from(edges) };
}

/**
 * @param {Runs} runs
 * @returns {Runs} with all that it encloses
 */
export function withoutHoles(runs) {
  const box = boxOf(runs);
  const [, , width, tall] = box;
  const pixels = unpacked(runs, box);
  // Background that is reached from the rim is outside; whatever else is empty is a hole.
  const waiting = [];
  for (let column = 0; column < width; column += 1)
    for (let row = 0; row < tall; row += column === 0 || column === width - 1 ? 1 : Math.max(1, tall - 1))
      waiting.push(column * tall + row);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (pixels[at] !== 0) continue;
    pixels[at] = 2;
    const row = at % tall;
    if (row > 0) waiting.push(at - 1);
    if (row < tall - 1) waiting.push(at + 1);
    if (at >= tall) waiting.push(at - tall);
    if (at + tall < pixels.length) waiting.push(at + tall);
  }
  const image = { width: runs.width, height: runs.height };
  return packed(
    pixels.map((pixel) => (pixel === 2 ? 0 : 1)),
    box,
    image,
  );
}
