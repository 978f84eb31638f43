import { at } from "../../core/at.js";

/**
 * Overlapping marks lie in lanes below one another. Marks given first get the upper lanes.
 * @param {readonly {start: number, end: number}[]} marks
 * @returns {number[]} a lane from 0 for each
 */
export function assignLanes(marks) {
  /** @type {{start: number, end: number}[][]} sorted by start, none overlapping */
  const lanes = [];
  return marks.map((mark) => {
    let lane = 0;
    while (lane < lanes.length && !insert(at(lanes, lane), mark)) lane += 1;
    lanes[lane] ??= [mark];
    return lane;
  });
}

/**
 * @param {{start: number, end: number}[]} lane
 * @param {{start: number, end: number}} mark
 * @returns {boolean} whether there was room
 */
function insert(lane, mark) {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(lane, middle).start < mark.start) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && at(lane, low - 1).end > mark.start) return false;
  if (low < lane.length && at(lane, low).start < mark.end) return false;
  lane.splice(low, 0, mark);
  return true;
}

/** Between two labels. */
const GAP = 4;

/**
 * @typedef {{x: number, width: number, lane: number, y: number, label: number, rtl: boolean, whole: boolean}} Tag
 *   where a labeled mark begins on the screen; `label`: how wide its words are; `whole`: not to be shortened
 * @typedef {{left: number, right: number}} Place
 */

/**
 * Labels hang from the beginning of their marks. A label may be longer than its mark, but neither runs into the next
 * one of its row nor leaves the page: at the edge it moves, where there is no room it is shortened.
 * @param {readonly Tag[]} tags
 * @param {number} edge where the page ends
 * @returns {Place[]} for each
 */
export function placeLabels(tags, edge) {
  const places = tags.map(({ x, width, label, rtl }) => {
    const left = rtl ? x + width - label : Math.min(x, edge - label);
    return { left: Math.max(0, left), right: Math.max(0, left) + label };
  });
  const order = [...tags.keys()].sort((a, b) => {
    const [first, second] = [at(tags, a), at(tags, b)];
    return first.lane - second.lane || Math.round((first.y - second.y) / 4) || first.x - second.x;
  });
  for (const [step, index] of order.entries()) {
    const before = order[step - 1];
    if (before === undefined) continue;
    const [tag, place] = [at(tags, index), at(places, index)];
    const [neighbor, room] = [at(tags, before), at(places, before)];
    if (neighbor.lane !== tag.lane || Math.abs(neighbor.y - tag.y) > 4) continue;
    if (!tag.whole) place.left = Math.max(place.left, Math.min(tag.rtl ? Infinity : tag.x, room.right + GAP));
    if (!neighbor.whole) room.right = Math.min(room.right, place.left - GAP);
  }
  return places;
}
