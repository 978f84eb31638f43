import { boxOf, unpacked } from "./runs.js";

/**
 * The lines around a mask's pixels, pure: closed, without points on straight lines, those around holes the other way.
 *
 * @param {import('./runs.js').Runs} runs
 * @returns {number[][]} x, y, x, y, … of each, from the corner of the box
 */
export function contoursOf(runs) {
  const [, , width, tall] = boxOf(runs);
  const sides = new Sides(unpacked(runs, boxOf(runs)), width, tall);
  /** @type {number[][]} */
  const found = [];
  for (const start of sides.starts()) found.push(around(sides, start, tall + 1));
  return found;
}

/**
 * Where the sides of pixels with nothing beyond lead to, from every corner: with the pixel on the right hand. Corners
 * are numbered down the columns.
 */
class Sides {
  /** @type {Map<number, number>} */
  #next = new Map();
  /** Where two pixels touch by a corner, two sides begin. @type {Map<number, number>} */
  #second = new Map();

  /**
   * @param {Uint8Array} pixels down the columns
   * @param {number} width
   * @param {number} tall
   */
  constructor(pixels, width, tall) {
    const rows = tall + 1;
    for (let column = 0; column < width; column += 1) {
      for (let row = 0; row < tall; row += 1) {
        const at = column * tall + row;
        if (!pixels[at]) continue;
        const corner = column * rows + row;
        if (row === 0 || !pixels[at - 1]) this.#put(corner, corner + rows);
        if (row === tall - 1 || !pixels[at + 1]) this.#put(corner + rows + 1, corner + 1);
        if (column === 0 || !pixels[at - tall]) this.#put(corner + 1, corner);
        if (column === width - 1 || !pixels[at + tall]) this.#put(corner + rows, corner + rows + 1);
      }
    }
  }

  /** Corners that a line begins at, as long as any is left. */
  *starts() {
    for (const sides of [this.#next, this.#second]) {
      for (const start of sides.keys()) yield start;
    }
  }

  /**
   * @param {number} from
   * @returns {number} the end of a side, which is taken out
   */
  take(from) {
    const sides = this.#next.has(from) ? this.#next : this.#second;
    const to = /** @type {number} */ (sides.get(from));
    sides.delete(from);
    return to;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #put(from, to) {
    (this.#next.has(from) ? this.#second : this.#next).set(from, to);
  }
}

/**
 * @param {Sides} sides
 * @param {number} start
 * @param {number} rows
 */
function around(sides, start, rows) {
  /** @type {number[]} */
  const line = [];
  let [at, direction] = [start, 0];
  do {
    const to = sides.take(at);
    if (to - at !== direction) line.push(Math.floor(at / rows), at % rows);
    direction = to - at;
    at = to;
  } while (at !== start);
  return line;
}
