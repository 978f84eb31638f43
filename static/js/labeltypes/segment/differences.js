/**
 * @typedef {import('./value.js').Segment} Segment
 * @typedef {'same' | 'ends' | 'class' | 'missing' | 'extra'} Status
 * @typedef {{status: Status, here: Segment | null, there: Segment | null}} Difference
 */

/** Below this overlap two segments cannot mean the same sound. */
const PAIR = 0.1;
/** Below this overlap one of the same sound has its ends elsewhere. */
const GOOD = 0.75;
/** What an overlap with another class is worth when looking for the same sound, as on the server. */
const OTHER_CLASS = 0.9;

/**
 * How an answer `there` differs from the one `here`: every segment of both exactly once. Pairs are taken greedily, the
 * best overlap first; those of different classes only when they mostly cover each other.
 * @param {readonly Segment[]} here
 * @param {readonly Segment[]} there
 * @returns {Difference[]} `missing`: not here; `extra`: only here
 */
export function differences(here, there) {
  const pairs = here.flatMap((a) =>
    there.flatMap((b) => {
      const overlap = iou(a, b);
      const same = a.class === b.class;
      return overlap >= (same ? PAIR : 0.5)
        ? [{ a, b, overlap, worth: same ? overlap : overlap * OTHER_CLASS }]
        : [];
    }),
  );
  pairs.sort((x, y) => y.worth - x.worth);
  const used = new Set();
  /** @type {Difference[]} */
  const found = [];
  for (const { a, b, overlap } of pairs) {
    if (used.has(a) || used.has(b)) continue;
    used.add(a).add(b);
    found.push({
      status: a.class !== b.class ? "class" : overlap < GOOD ? "ends" : "same",
      here: a,
      there: b,
    });
  }
  for (const a of here) if (!used.has(a)) found.push({ status: "extra", here: a, there: null });
  for (const b of there) if (!used.has(b)) found.push({ status: "missing", here: null, there: b });
  return found.sort((x, y) => startOf(x) - startOf(y));
}

/**
 * @param {{start: number, end: number}} a
 * @param {{start: number, end: number}} b
 * @returns {number} seconds that both cover over those that either does
 */
export function iou(a, b) {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return shared <= 0 ? 0 : shared / (Math.max(a.end, b.end) - Math.min(a.start, b.start));
}

/** @param {Difference} difference */
function startOf({ here, there }) {
  return (here ?? there)?.start ?? 0;
}
