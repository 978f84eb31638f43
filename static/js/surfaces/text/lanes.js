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
