/**
 * Geometry of axis-aligned boxes, pure. A box is `[x, y, width, height]` in
 * pixels of the full-size image, width and height >= 0.
 *
 * @typedef {import('./viewport.js').Box} Box
 * @typedef {import('./viewport.js').Size} Size
 * @typedef {import('./viewport.js').Point} Point
 * @typedef {'nw'|'n'|'ne'|'e'|'se'|'s'|'sw'|'w'} Handle
 */

/** The eight handles, clockwise from the top left. @type {readonly Handle[]} */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/**
 * Coordinates are kept to a hundredth of a pixel: finer than any hand, and
 * the value stays readable.
 *
 * @param {number} value
 */
export function rounded(value) {
  return Math.round(value * 100) / 100;
}

/**
 * The box between two corners given in any order, cropped to the image and rounded.
 *
 * @param {Point} a
 * @param {Point} b
 * @param {Size} image
 * @returns {Box}
 */
export function boxBetween(a, b, image) {
  const x1 = rounded(clamp(Math.min(a.x, b.x), 0, image.width));
  const y1 = rounded(clamp(Math.min(a.y, b.y), 0, image.height));
  const x2 = rounded(clamp(Math.max(a.x, b.x), 0, image.width));
  const y2 = rounded(clamp(Math.max(a.y, b.y), 0, image.height));
  return [x1, y1, length(x1, x2), length(y1, y2)];
}

/**
 * A box of the given size around a point, pushed into the image.
 *
 * @param {Point} center
 * @param {number} width
 * @param {number} height
 * @param {Size} image
 * @returns {Box}
 */
export function boxAround(center, width, height, image) {
  const w = Math.min(width, image.width);
  const h = Math.min(height, image.height);
  return moveBox([center.x - w / 2, center.y - h / 2, w, h], 0, 0, image);
}

/**
 * Move without changing the size; stops at the image's edges.
 *
 * @param {Box} box
 * @param {number} dx
 * @param {number} dy
 * @param {Size} image
 * @returns {Box}
 */
export function moveBox(box, dx, dy, image) {
  const width = rounded(Math.min(box[2], image.width));
  const height = rounded(Math.min(box[3], image.height));
  return [
    rounded(clamp(box[0] + dx, 0, image.width - width)),
    rounded(clamp(box[1] + dy, 0, image.height - height)),
    width,
    height,
  ];
}

/**
 * How far a group may move by (dx, dy) before its first member meets an edge.
 *
 * @param {readonly Box[]} boxes
 * @param {number} dx
 * @param {number} dy
 * @param {Size} image
 * @returns {Point}
 */
export function groupStep(boxes, dx, dy, image) {
  const all = unionBox(boxes);
  if (!all) return { x: 0, y: 0 };
  return {
    x: clamp(dx, -all[0], Math.max(-all[0], image.width - all[0] - all[2])),
    y: clamp(dy, -all[1], Math.max(-all[1], image.height - all[1] - all[3])),
  };
}

/**
 * Drag one handle to a point. Crossing the opposite side flips the box.
 *
 * @param {Box} box
 * @param {Handle} handle
 * @param {Point} to
 * @param {Size} image
 * @returns {Box}
 */
export function resizeBox(box, handle, to, image) {
  const [x, y, w, h] = box;
  let [x1, y1, x2, y2] = [x, y, x + w, y + h];
  if (handle.includes("w")) x1 = to.x;
  if (handle.includes("e")) x2 = to.x;
  if (handle.includes("n")) y1 = to.y;
  if (handle.includes("s")) y2 = to.y;
  return boxBetween({ x: x1, y: y1 }, { x: x2, y: y2 }, image);
}

/**
 * Keyboard resizing: the right and bottom sides move, and never nearer than
 * `least` to the opposite one.
 *
 * @param {Box} box
 * @param {number} dw
 * @param {number} dh
 * @param {Size} image
 * @param {number} [least]
 * @returns {Box}
 */
export function growBox(box, dw, dh, image, least = 1) {
  const [x, y, w, h] = box;
  const to = {
    x: Math.max(x + Math.min(least, w), x + w + dw),
    y: Math.max(y + Math.min(least, h), y + h + dh),
  };
  return boxBetween({ x, y }, to, image);
}

/**
 * @param {Box} box
 * @param {Handle} handle
 * @returns {Point}
 */
export function handlePoint(box, handle) {
  const [x, y, w, h] = box;
  return {
    x: handle.includes("w") ? x : handle.includes("e") ? x + w : x + w / 2,
    y: handle.includes("n") ? y : handle.includes("s") ? y + h : y + h / 2,
  };
}

/**
 * The handle nearest to a point, within `tolerance` image pixels.
 *
 * @param {Box} box
 * @param {Point} at
 * @param {number} tolerance
 * @returns {Handle|null}
 */
export function handleAt(box, at, tolerance) {
  let best = null;
  let nearest = tolerance;
  for (const handle of HANDLES) {
    const point = handlePoint(box, handle);
    const distance = Math.max(Math.abs(point.x - at.x), Math.abs(point.y - at.y));
    if (distance < nearest || (distance === nearest && best === null)) [best, nearest] = [handle, distance];
  }
  return best;
}

/**
 * @param {Box} box
 * @param {Point} at
 * @param {number} [tolerance]
 */
export function boxHolds(box, at, tolerance = 0) {
  return (
    at.x >= box[0] - tolerance &&
    at.y >= box[1] - tolerance &&
    at.x <= box[0] + box[2] + tolerance &&
    at.y <= box[1] + box[3] + tolerance
  );
}

/**
 * @param {Box} a
 * @param {Box} b
 */
export function boxesMeet(a, b) {
  return a[0] <= b[0] + b[2] && b[0] <= a[0] + a[2] && a[1] <= b[1] + b[3] && b[1] <= a[1] + a[3];
}

/** @param {Box} box */
export function boxArea(box) {
  return box[2] * box[3];
}

/**
 * Intersection over union in [0, 1]; two empty boxes at one place count as equal.
 *
 * @param {Box} a
 * @param {Box} b
 */
export function iou(a, b) {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const inter = Math.max(0, width) * Math.max(0, height);
  const union = boxArea(a) + boxArea(b) - inter;
  if (union > 0) return Math.min(1, inter / union);
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3] ? 1 : 0;
}

/**
 * @param {readonly Box[]} boxes
 * @returns {Box|null} the smallest box around all, or null of none
 */
export function unionBox(boxes) {
  if (boxes.length === 0) return null;
  const x1 = Math.min(...boxes.map((b) => b[0]));
  const y1 = Math.min(...boxes.map((b) => b[1]));
  const x2 = Math.max(...boxes.map((b) => b[0] + b[2]));
  const y2 = Math.max(...boxes.map((b) => b[1] + b[3]));
  return [x1, y1, x2 - x1, y2 - y1];
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/**
 * The length from a to b, rounded; it may pass b by the last bit, which the server allows for.
 *
 * @param {number} a
 * @param {number} b
 */
function length(a, b) {
  return rounded(b - a);
}
