import { unionBox } from "../../surfaces/image/boxes.js";
import { boxOf, countsOf, packed, unpacked } from "./runs.js";

/**
 * What a brush leaves, pure: the pixels whose middle is within its radius of the way; and a lasso.
 *
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').Size} Size
 * @typedef {import('./runs.js').Mask} Mask
 * @typedef {import('./runs.js').Runs} Runs
 */

/** With less than that a brush could pass between the middles of pixels. */
export const LEAST_RADIUS = 0.75;

/**
 * @param {Runs | null} runs what is there already
 * @param {readonly Point[]} points the way, at least one
 * @param {number} radius image pixels
 * @param {boolean} erase
 * @param {Size} image
 * @returns {Mask | null} null when nothing is left
 */
export function painted(runs, points, radius, erase, image) {
  return changed(runs, reachOf(points, radius), erase, image, (pixels, box, value) => {
    points.forEach((point, index) => {
      stamp(pixels, box, points[index - 1] ?? point, point, radius, value);
    });
  });
}

/**
 * What a line around something leaves: the pixels whose middle it goes around, also where it crosses itself.
 *
 * @param {Runs | null} runs what is there already
 * @param {readonly Point[]} points the line, which ends where it began
 * @param {boolean} erase
 * @param {Size} image
 * @returns {Mask | null} null when nothing is left
 */
export function enclosed(runs, points, erase, image) {
  return changed(runs, reachOf(points, 0), erase, image, (pixels, box, value) => {
    const [left, top, width, tall] = box;
    const crossings = crossingsOf(points, left, width);
    for (const [column, found] of crossings.entries()) {
      found.sort((a, b) => a.y - b.y);
      let turns = 0;
      for (const [index, { y, turn }] of found.entries()) {
        turns += turn;
        const next = found[index + 1];
        if (turns === 0 || !next) continue;
        const start = Math.max(0, Math.ceil(y - 0.5) - top);
        const stop = Math.min(tall, Math.ceil(next.y - 0.5) - top);
        if (stop > start) pixels.fill(value, column * tall + start, column * tall + stop);
      }
    }
  });
}

/**
 * Where a closed line crosses the middle of each column, and whether it goes right or left there.
 *
 * @param {readonly Point[]} points
 * @param {number} left the first column
 * @param {number} width
 * @returns {{y: number, turn: 1 | -1}[][]} by column
 */
function crossingsOf(points, left, width) {
  /** @type {{y: number, turn: 1 | -1}[][]} */
  const found = Array.from({ length: width }, () => []);
  for (const [index, a] of points.entries()) {
    const b = /** @type {Point} */ (points[(index + 1) % points.length]);
    const [first, last] = a.x < b.x ? [a.x, b.x] : [b.x, a.x];
    const from = Math.max(0, Math.ceil(first - 0.5) - left);
    const to = Math.min(width, Math.ceil(last - 0.5) - left);
    for (let column = from; column < to; column += 1) {
      const along = (left + column + 0.5 - a.x) / (b.x - a.x);
      found[column]?.push({ y: a.y + along * (b.y - a.y), turn: a.x < b.x ? 1 : -1 });
    }
  }
  return found;
}

/**
 * @param {Runs | null} runs what is there already
 * @param {Box} reach of what comes to it or goes from it
 * @param {boolean} erase
 * @param {Size} image
 * @param {(pixels: Uint8Array, box: Box, value: 0 | 1) => void} write
 * @returns {Mask | null} null when nothing is left
 */
function changed(runs, reach, erase, image, write) {
  const before = runs?.edges.length ? boxOf(runs) : null;
  const box = erase ? before : inside(unionBox([...(before ? [before] : []), reach]), image);
  if (!box) return null;
  const pixels = runs ? unpacked(runs, box) : new Uint8Array(box[2] * box[3]);
  write(pixels, box, erase ? 0 : 1);
  const left = packed(pixels, box, image);
  return left.edges.length ? { size: [image.height, image.width], counts: countsOf(left) } : null;
}

/**
 * @param {readonly Point[]} points
 * @param {number} radius
 * @returns {Box}
 */
export function reachOf(points, radius) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return [left - radius, top - radius, right - left + 2 * radius, bottom - top + 2 * radius];
}

/**
 * Whole pixels of the image.
 *
 * @param {Box | null} box
 * @param {Size} image
 * @returns {Box | null}
 */
function inside(box, image) {
  if (!box) return null;
  const [left, top] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  const right = Math.min(image.width, Math.ceil(box[0] + box[2]));
  const bottom = Math.min(image.height, Math.ceil(box[1] + box[3]));
  return right > left && bottom > top ? [left, top, right - left, bottom - top] : null;
}

/**
 * Column by column: what is within a distance of a line has no gap there.
 *
 * @param {Uint8Array} pixels down the columns of the box
 * @param {Box} box
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius
 * @param {0 | 1} value
 */
function stamp(pixels, [left, top, width, tall], a, b, radius, value) {
  const from = Math.max(0, Math.ceil(Math.min(a.x, b.x) - radius - 0.5) - left);
  const to = Math.min(width - 1, Math.floor(Math.max(a.x, b.x) + radius - 0.5) - left);
  for (let column = from; column <= to; column += 1) {
    const [high, low] = spanAt(left + column + 0.5, a, b, radius);
    const start = Math.max(0, Math.ceil(high - 0.5) - top);
    const stop = Math.min(tall, Math.floor(low - 0.5) + 1 - top);
    if (stop > start) pixels.fill(value, column * tall + start, column * tall + stop);
  }
}

/**
 * @param {number} x
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius
 * @returns {[number, number]} highest and lowest y within the radius of the line from a to b
 */
function spanAt(x, a, b, radius) {
  let [high, low] = [Infinity, -Infinity];
  for (const end of [a, b]) {
    const across = radius * radius - (x - end.x) ** 2;
    if (across < 0) continue;
    high = Math.min(high, end.y - Math.sqrt(across));
    low = Math.max(low, end.y + Math.sqrt(across));
  }
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return [high, low];
  // The two long sides of the band lie this far from its middle line.
  const [aside, down] = [((b.y - a.y) / length) * radius, ((b.x - a.x) / length) * radius];
  for (const side of [1, -1]) {
    const along = (x - a.x - side * aside) / (b.x - a.x);
    if (!(along >= 0 && along <= 1)) continue;
    const y = a.y - side * down + along * (b.y - a.y);
    [high, low] = [Math.min(high, y), Math.max(low, y)];
  }
  return [high, low];
}
