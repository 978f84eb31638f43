import {
  boundsOf,
  cornerAt,
  middleAfter,
  movePolygon,
  polygonArea,
  polygonHolds,
  withCorner,
  withMiddle,
} from "../../surfaces/image/polygons.js";
import { MAX_POINTS } from "./limits.js";

/**
 * @typedef {import('../../surfaces/image/types.js').Grip} Grip
 * @typedef {import('../../surfaces/image/types.js').View} View
 * @typedef {import('../../surfaces/image/polygons.js').Polygon} Polygon
 */

/** Edges shorter than this many CSS pixels have no grip in their middle. */
const ROOM = 28;

/**
 * The outline as a kind of shape. Its grips are named `c3`, the fourth corner, and `m3`, the middle of the edge after it.
 *
 * @type {import('../../surfaces/image/types.js').ShapeKind}
 */
export const outlineKind = {
  kind: "polygon",
  bounds: boundsOf,
  area: polygonArea,
  hit: polygonHolds,
  grips: (polygon) => gripsOf(polygon, { scale: 1, x: 0, y: 0 }, null),
  drag: (polygon, grip, to, image) => {
    const { place, isMiddle } = gripNamed(grip);
    return isMiddle ? withMiddle(polygon, place, to, image) : withCorner(polygon, place, to, image);
  },
  move: movePolygon,
  stroke(context, polygon, view) {
    trace(context, polygon, view);
    context.closePath();
    context.stroke();
  },
  fill(context, polygon, view) {
    trace(context, polygon, view);
    context.fill();
  },
};

/**
 * What is being drawn: not closed yet.
 *
 * @type {import('../../surfaces/image/types.js').ShapeKind}
 */
export const pathKind = {
  ...outlineKind,
  grips: () => [],
  stroke(context, path, view) {
    trace(context, path, view);
    context.stroke();
  },
};

/**
 * @param {Polygon} polygon
 * @param {View} view
 * @param {number | null} chosen the corner that keys act upon
 * @returns {Grip[]} a corner comes before the middle after it: the nearest is taken, of equal ones the first
 */
export function gripsOf(polygon, view, chosen) {
  return polygon.flatMap(([x, y], index) => {
    /** @type {Grip} */
    const corner = { id: `c${index}`, x, y, cursor: "move", look: index === chosen ? "chosen" : "point" };
    const [x2, y2] = cornerAt(polygon, index + 1);
    if (Math.hypot(x2 - x, y2 - y) * view.scale < ROOM || polygon.length >= MAX_POINTS) return [corner];
    return [corner, { id: `m${index}`, ...middleAfter(polygon, index), cursor: "copy", look: "middle" }];
  });
}

/**
 * @param {string} id of a grip
 * @returns {{place: number, isMiddle: boolean}}
 */
export function gripNamed(id) {
  return { place: Number(id.slice(1)), isMiddle: id.startsWith("m") };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Polygon} path
 * @param {View} view
 */
function trace(context, path, { scale, x: dx, y: dy }) {
  context.lineJoin = "round";
  context.beginPath();
  for (const [x, y] of path) context.lineTo(x * scale + dx, y * scale + dy);
}
