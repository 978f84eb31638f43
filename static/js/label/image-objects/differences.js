import { boxesMeet } from "../../surfaces/image/boxes.js";

/**
 * @typedef {import('./objects.js').ObjectRegion} ObjectRegion
 * @typedef {'same' | 'low' | 'class' | 'missing' | 'extra'} Status
 * @typedef {{status: Status, here: ObjectRegion | null, there: ObjectRegion | null, iou: number}} Difference
 */

/** Below this overlap two objects cannot mean the same object. */
const PAIR = 0.1;
/** Below this overlap one of the same object counts as badly placed. */
const GOOD = 0.75;
/** What an overlap with another class is worth when looking for the same object, as on the server. */
const OTHER_CLASS = 0.9;

/**
 * How an answer `there` differs from the one `here`: every object of both exactly once.
 * Pairs are taken greedily, the best overlap first; those of different classes only when they mostly cover each other.
 *
 * @param {readonly ObjectRegion[]} here
 * @param {readonly ObjectRegion[]} there
 * @param {Pick<import('./objects.js').ObjectKind, 'key' | 'overlap' | 'shapes'>} kind
 * @returns {Difference[]} `missing`: not here; `extra`: only here
 */
export function differences(here, there, { key, overlap: overlapOf, shapes }) {
  const pairs = [];
  for (const a of here) {
    for (const b of there) {
      if (!boxesMeet(shapes.bounds(a[key]), shapes.bounds(b[key]))) continue;
      const overlap = overlapOf(a[key], b[key]);
      const same = a.class === b.class;
      if (overlap >= (same ? PAIR : 0.5))
        pairs.push({ a, b, overlap, worth: same ? overlap : overlap * OTHER_CLASS });
    }
  }
  pairs.sort((x, y) => y.worth - x.worth);
  const used = new Set();
  /** @type {Difference[]} */
  const found = [];
  for (const { a, b, overlap } of pairs) {
    if (used.has(a) || used.has(b)) continue;
    used.add(a).add(b);
    const status = a.class !== b.class ? "class" : overlap < GOOD ? "low" : "same";
    found.push({ status, here: a, there: b, iou: overlap });
  }
  for (const a of here) if (!used.has(a)) found.push({ status: "extra", here: a, there: null, iou: 0 });
  for (const b of there) if (!used.has(b)) found.push({ status: "missing", here: null, there: b, iou: 0 });
  return found;
}

/**
 * Line patterns, told apart without color.
 *
 * @type {Record<Status, {dash: readonly number[], width: number}>}
 */
export const LINES = {
  same: { dash: [], width: 1 },
  low: { dash: [10, 3, 2, 3], width: 2 },
  class: { dash: [3, 3], width: 2.5 },
  missing: { dash: [12, 6], width: 2.5 },
  extra: { dash: [1, 5], width: 4 },
};
