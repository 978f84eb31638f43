/**
 * Geometry of outlines, pure. A polygon is a list of points `[x, y]` in pixels of the full-size image, at least three,
 * without the first again at the end. Never changed in place, so that what was found of one can be kept.
 *
 * @typedef {import('./viewport.js').Box} Box
 * @typedef {import('./viewport.js').Size} Size
 * @typedef {import('./viewport.js').Point} Point
 * @typedef {readonly [number, number]} Corner
 * @typedef {readonly Corner[]} Polygon
 */
import { boxHolds, groupStep, rounded } from "./boxes.js";

/** A difference of areas below this share is rounding. */
const ROUNDING = 1e-9;

/** @type {WeakMap<Polygon, Box>} */
const boxes = new WeakMap();

/**
 * @param {Polygon} polygon
 * @returns {Box} the smallest box around it
 */
export function boundsOf(polygon) {
  let box = boxes.get(polygon);
  if (!box) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [x, y] of polygon) {
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    box = [left, top, right - left, bottom - top];
    boxes.set(polygon, box);
  }
  return box;
}

/**
 * Shoelace formula, from the first corner on for exactness.
 *
 * @param {Polygon} polygon
 */
export function polygonArea(polygon) {
  const [x0, y0] = cornerAt(polygon, 0);
  let twice = 0;
  for (let index = 1; index < polygon.length - 1; index += 1) {
    const [x1, y1] = cornerAt(polygon, index);
    const [x2, y2] = cornerAt(polygon, index + 1);
    twice += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  }
  return Math.abs(twice) / 2;
}

/**
 * Whether a point lies inside, or within `tolerance` of an edge.
 *
 * @param {Polygon} polygon
 * @param {Point} at
 * @param {number} [tolerance]
 */
export function polygonHolds(polygon, at, tolerance = 0) {
  if (!boxHolds(boundsOf(polygon), at, tolerance)) return false;
  let inside = false;
  let near = false;
  for (const [[x1, y1], [x2, y2]] of edgesOf(polygon)) {
    if (y1 > at.y !== y2 > at.y && at.x < x1 + ((at.y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    near ||= toEdge(at, x1, y1, x2, y2) <= tolerance;
  }
  return inside || near;
}

/**
 * @param {Point} at
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function toEdge({ x, y }, x1, y1, x2, y2) {
  const square = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const share = square ? ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square : 0;
  const along = Math.min(1, Math.max(0, share));
  return Math.hypot(x1 + along * (x2 - x1) - x, y1 + along * (y2 - y1) - y);
}

/**
 * A point of the image, as outlines have them.
 *
 * @param {Point} at
 * @param {Size} image
 * @returns {Corner}
 */
export function cornerIn({ x, y }, image) {
  return [rounded(Math.min(Math.max(x, 0), image.width)), rounded(Math.min(Math.max(y, 0), image.height))];
}

/**
 * Move without changing the shape; stops at the image's edges.
 *
 * @param {Polygon} polygon
 * @param {number} dx
 * @param {number} dy
 * @param {Size} image
 * @returns {Polygon}
 */
export function movePolygon(polygon, dx, dy, image) {
  const step = groupStep([boundsOf(polygon)], dx, dy, image);
  const [x, y] = [rounded(step.x), rounded(step.y)];
  return polygon.map((corner) => cornerIn({ x: corner[0] + x, y: corner[1] + y }, image));
}

/**
 * @param {Polygon} polygon
 * @param {number} index
 * @param {Point} to
 * @param {Size} image
 * @returns {Polygon} with this corner there
 */
export function withCorner(polygon, index, to, image) {
  return polygon.map((corner, place) => (place === index ? cornerIn(to, image) : corner));
}

/**
 * @param {Polygon} polygon
 * @param {number} index
 * @param {Point} at
 * @param {Size} image
 * @returns {Polygon} with one more corner, on the edge after this one
 */
export function withMiddle(polygon, index, at, image) {
  return [...polygon.slice(0, index + 1), cornerIn(at, image), ...polygon.slice(index + 1)];
}

/**
 * @param {Polygon} polygon
 * @param {number} index
 * @returns {Polygon} without this corner
 */
export function withoutCorner(polygon, index) {
  return polygon.filter((_, place) => place !== index);
}

/**
 * @param {Polygon} polygon
 * @param {number} index
 * @returns {Point} halfway along the edge after a corner
 */
export function middleAfter(polygon, index) {
  const [x1, y1] = cornerAt(polygon, index);
  const [x2, y2] = cornerAt(polygon, index + 1);
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

/**
 * The first two edges that cross each other, by the corners they leave, as on the server; null if none do. Where they
 * cross right at a corner neither parts the other: then what is inside is not what the corners say.
 *
 * @param {Polygon} polygon
 * @returns {readonly [number, number] | null}
 */
export function firstCrossing(polygon) {
  const edges = [...edgesOf(polygon)];
  const size = edges.length;
  /** @type {readonly [number, number] | null} */
  let touching = null;
  for (let first = 0; first < size; first += 1) {
    for (let second = first + 2; second < size; second += 1) {
      if (second - first === size - 1) continue;
      const [a, b] = [/** @type {Edge} */ (edges[first]), /** @type {Edge} */ (edges[second])];
      if (apart(a, b)) continue;
      const [one, other] = [sides(a, b), sides(b, a)];
      if (one < 0 && other < 0) return [first, second];
      if (one <= 0 && other <= 0) touching ??= [first, second];
    }
  }
  if (!touching) return null;
  const [area, inside] = [polygonArea(polygon), sharedArea(polygon, polygon)];
  return Math.abs(inside - area) > ROUNDING * Math.max(inside, area) ? touching : null;
}

/**
 * @typedef {readonly [Corner, Corner]} Edge
 *
 * @param {Edge} a
 * @param {Edge} b
 */
function apart([a1, a2], [b1, b2]) {
  return (
    Math.max(a1[0], a2[0]) < Math.min(b1[0], b2[0]) ||
    Math.max(b1[0], b2[0]) < Math.min(a1[0], a2[0]) ||
    Math.max(a1[1], a2[1]) < Math.min(b1[1], b2[1]) ||
    Math.max(b1[1], b2[1]) < Math.min(a1[1], a2[1])
  );
}

/**
 * Where the ends of another edge lie by the line of an edge.
 *
 * @param {Edge} edge
 * @param {Edge} other
 * @returns {number} -1 on both sides of it, 0 where one is on it, 1 on one side
 */
function sides([[x1, y1], [x2, y2]], [one, two]) {
  const side = (/** @type {Corner} */ [x, y]) => Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1));
  return side(one) * side(two);
}

/**
 * Intersection over union in [0, 1].
 *
 * @param {Polygon} a
 * @param {Polygon} b
 */
export function polygonIou(a, b) {
  if (a === b) return 1;
  const inter = sharedArea(a, b);
  const union = polygonArea(a) + polygonArea(b) - inter;
  return union > 0 ? Math.min(1, inter / union) : 0;
}

/**
 * Area that lies in both, by the slabs between all corners and crossings: within one no two edges cross.
 *
 * @param {Polygon} a
 * @param {Polygon} b
 */
export function sharedArea(a, b) {
  const [boxA, boxB] = [boundsOf(a), boundsOf(b)];
  const left = Math.max(boxA[0], boxB[0]);
  const right = Math.min(boxA[0] + boxA[2], boxB[0] + boxB[2]);
  const own = [...a, ...b].map(([x]) => x);
  const cuts = [...new Set([...own, ...crossings(a, b)])].filter((x) => x >= left && x <= right);
  cuts.sort((x, y) => x - y);
  let area = 0;
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [from, to] = [/** @type {number} */ (cuts[index]), /** @type {number} */ (cuts[index + 1])];
    const middle = (from + to) / 2;
    area += (to - from) * common(heights(a, middle), heights(b, middle));
  }
  return area;
}

/**
 * @param {Polygon} a
 * @param {Polygon} b
 * @returns {number[]} the x where edges of one cross edges of the other
 */
function crossings(a, b) {
  const found = [];
  const others = [...edgesOf(b)];
  for (const edge of edgesOf(a)) {
    const [[x1, y1], [x2, y2]] = edge;
    for (const other of others) {
      if (apart(edge, other)) continue;
      const [[x3, y3], [x4, y4]] = other;
      const across = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3);
      const share = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / across;
      if (across !== 0 && share >= 0 && share <= 1) found.push(x1 + share * (x2 - x1));
    }
  }
  return found;
}

/**
 * @param {Polygon} polygon
 * @param {number} at an x on which no corner lies
 * @returns {number[]} where the line there meets the outline, ascending: in and out by turns
 */
function heights(polygon, at) {
  const found = [];
  for (const [[x1, y1], [x2, y2]] of edgesOf(polygon)) {
    if (x1 > at !== x2 > at) found.push(y1 + ((at - x1) / (x2 - x1)) * (y2 - y1));
  }
  return found.sort((x, y) => x - y);
}

/**
 * @param {number[]} a ends of intervals, ascending
 * @param {number[]} b
 * @returns {number} the length that lies in both
 */
function common(a, b) {
  let length = 0;
  for (let i = 0, j = 0; i + 1 < a.length && j + 1 < b.length; ) {
    const [aEnd, bEnd] = [Number(a[i + 1]), Number(b[j + 1])];
    length += Math.max(0, Math.min(aEnd, bEnd) - Math.max(Number(a[i]), Number(b[j])));
    if (aEnd < bEnd) i += 2;
    else j += 2;
  }
  return length;
}

/**
 * @param {Polygon} polygon
 * @returns {Iterable<Edge>}
 */
function* edgesOf(polygon) {
  for (let index = 0; index < polygon.length; index += 1)
    yield [cornerAt(polygon, index), cornerAt(polygon, index + 1)];
}

/**
 * @param {Polygon} polygon
 * @param {number} index also beyond the last: around again
 * @returns {Corner}
 */
export function cornerAt(polygon, index) {
  return /** @type {Corner} */ (polygon[index % polygon.length]);
}
