import { contoursOf } from "./contours.js";
import { boxOf, countsOf, parseCounts } from "./runs.js";

/**
 * What is kept of masks that are seen: values are never changed in place.
 *
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 * @typedef {import('../../surfaces/image/types.js').Size} Size
 * @typedef {import('../../surfaces/image/types.js').View} View
 * @typedef {import('./runs.js').Mask} Mask
 * @typedef {import('./runs.js').Runs} Runs
 * @typedef {{runs: Runs, box: Box, lines: number[][] | null, placed: {view: View, path: Path2D} | null}} Kept `lines` are
 *   the contours, from the corner of the box
 */

/** CSS pixels: of points nearer than this to the one before only one is drawn. */
const NEAR = 1;

/** @type {WeakMap<Mask, Kept>} */
const known = new WeakMap();

/**
 * @param {Mask} mask clean
 * @returns {Kept}
 */
function keptOf(mask) {
  let kept = known.get(mask);
  if (!kept) {
    const [height, width] = /** @type {[number, number]} */ (mask.size);
    const runs = parseCounts(mask.counts, height, width);
    kept = { runs, box: boxOf(runs), lines: null, placed: null };
    known.set(mask, kept);
  }
  return kept;
}

/** @param {Mask} mask */
export function runsOf(mask) {
  return keptOf(mask).runs;
}

/** @param {Mask} mask */
export function boundsOf(mask) {
  return keptOf(mask).box;
}

/**
 * By whole pixels; it stops at the edges of the image.
 *
 * @param {Mask} mask
 * @param {number} dx
 * @param {number} dy
 * @param {Size} image
 * @returns {Mask}
 */
export function movedMask(mask, dx, dy, image) {
  const { runs, box, lines } = keptOf(mask);
  const [left, top, width, height] = box;
  const x = Math.min(Math.max(left + Math.round(dx), 0), image.width - width) - left;
  const y = Math.min(Math.max(top + Math.round(dy), 0), image.height - height) - top;
  if (x === 0 && y === 0) return mask;
  const edges = runs.edges.map((edge) => edge + x * runs.height + y);
  const moved = { ...runs, edges };
  const result = { size: mask.size, counts: countsOf(moved) };
  known.set(result, { runs: moved, box: [left + x, top + y, width, height], lines, placed: null });
  return result;
}

/**
 * The lines around a mask where a view shows them, as exact as can be seen there.
 *
 * @param {Mask} mask
 * @param {View} view
 */
export function placedPath(mask, view) {
  const kept = keptOf(mask);
  if (kept.placed?.view === view) return kept.placed.path;
  kept.lines ??= contoursOf(kept.runs);
  const path = new Path2D();
  const { scale } = view;
  const [left, top] = [kept.box[0] * scale + view.x, kept.box[1] * scale + view.y];
  for (const line of kept.lines) {
    let [x, y] = [Number.NaN, Number.NaN];
    for (let index = 0; index < line.length; index += 2) {
      const [x2, y2] = [(line[index] ?? 0) * scale + left, (line[index + 1] ?? 0) * scale + top];
      if (Math.abs(x2 - x) < NEAR && Math.abs(y2 - y) < NEAR) continue;
      [x, y] = [x2, y2];
      if (index) path.lineTo(x, y);
      else path.moveTo(x, y);
    }
    path.closePath();
  }
  kept.placed = { view, path };
  return path;
}
