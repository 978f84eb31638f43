/**
 * Draws shapes on a canvas, thousands of them: one call per shape, sorted by style (merging them into one path
 * was measured 2.4 times slower), culled to what is visible, with less detail where nobody could see it.
 *
 * @typedef {import('./types.js').Shape} Shape
 * @typedef {import('./types.js').ShapeKind} ShapeKind
 * @typedef {import('./types.js').ShapeLayer} ShapeLayer
 * @typedef {import('./types.js').View} View
 * @typedef {import('./types.js').Box} Box
 */
import { boxesMeet } from "./boxes.js";
import { isLight } from "./colors.js";

/** Below this many CSS pixels a shape is a dot. */
const DOT = 3;
/** A title is drawn beside shapes at least this wide, and only as long as few are in sight. */
const TITLE_WIDTH = 44;
const TITLES = 120;
/** More shapes than this are drawn roughly while the view moves. */
const MANY = 500;
/** The outline shows this many CSS pixels in all, half on either side of the line. */
const OUTLINE = 1.6;

/**
 * @param {CanvasRenderingContext2D} context scaled so that a unit is a CSS pixel
 * @param {ShapeLayer} layer
 * @param {View} view
 * @param {Box} visible image pixels
 * @param {object} [options]
 * @param {boolean} [options.rough] in the middle of a gesture: many shapes go without outline and title
 * @param {(shape: Shape) => boolean} [options.wanted]
 */
export function paintShapes(context, layer, view, visible, { rough = false, wanted = () => true } = {}) {
  /** @type {Shape[]} */
  const full = [];
  /** @type {Shape[]} */
  const dots = [];
  for (const shape of layer.shapes()) {
    const bounds = layer.kind.bounds(shape.geometry);
    if (!boxesMeet(bounds, visible) || !wanted(shape)) continue;
    const small = bounds[2] * view.scale < DOT && bounds[3] * view.scale < DOT;
    (small ? dots : full).push(shape);
  }
  paintDots(context, dots, layer.kind, view);
  if (layer.kind.tint) paintInsides(context, full, layer.kind, view, layer.kind.tint);
  if (!rough || full.length <= MANY) paintOutlines(context, full, layer.kind, view);
  paintLines(context, full, layer.kind, view);
  if (full.length <= TITLES) paintTitles(context, full, layer.kind, view);
}

/**
 * The shapes that stand out: selected, hovered, dragged.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {View} view
 */
export function paintProminent(context, shapes, kind, view) {
  paintInsides(context, shapes, kind, view, 0.18);
  const wide = shapes.map((shape) => ({ ...shape, style: { ...shape.style, width: shape.style.width + 1 } }));
  paintOutlines(context, wide, kind, view);
  paintLines(context, wide, kind, view);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {View} view
 * @param {number} opacity
 */
function paintInsides(context, shapes, kind, view, opacity) {
  context.globalAlpha = opacity;
  for (const shape of shapes) {
    context.fillStyle = shape.style.color;
    kind.fill(context, shape.geometry, view);
  }
  context.globalAlpha = 1;
}

/**
 * What separates shapes from any image. Before all lines: no shape's outline covers another one's color.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {View} view
 */
function paintOutlines(context, shapes, kind, view) {
  context.setLineDash([]);
  for (const light of [true, false]) {
    context.strokeStyle = light ? "rgb(0 0 0 / 0.6)" : "rgb(255 255 255 / 0.75)";
    for (const shape of shapes) {
      if (isLight(shape.style.color) !== light) continue;
      const { dash, width } = shape.style;
      context.lineWidth = width + OUTLINE;
      // A dashed line's outline has the same gaps: what lies below must be seen through them.
      if (dash.length) context.setLineDash(/** @type {number[]} */ (dash));
      kind.stroke(context, shape.geometry, view);
      if (dash.length) context.setLineDash([]);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {View} view
 */
function paintLines(context, shapes, kind, view) {
  for (const group of byStyle(shapes)) {
    const { color, dash, width } = /** @type {Shape} */ (group[0]).style;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash(/** @type {number[]} */ (dash));
    for (const shape of group) kind.stroke(context, shape.geometry, view);
  }
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {View} view
 */
function paintDots(context, shapes, kind, view) {
  for (const group of byStyle(shapes)) {
    context.fillStyle = /** @type {Shape} */ (group[0]).style.color;
    for (const shape of group) {
      const [x, y] = kind.bounds(shape.geometry);
      context.fillRect(x * view.scale + view.x - 1, y * view.scale + view.y - 1, DOT, DOT);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Shape[]} shapes
 * @param {ShapeKind} kind
 * @param {View} view
 */
function paintTitles(context, shapes, kind, view) {
  context.font = "500 12px Inter, system-ui, sans-serif";
  context.textBaseline = "middle";
  for (const { geometry, style } of shapes) {
    const [x, y, width] = kind.bounds(geometry);
    const room = width * view.scale;
    if (!style.title || room < TITLE_WIDTH) continue;
    const text = shortened(context, style.title, room - 8);
    const left = x * view.scale + view.x - style.width / 2;
    const top = Math.max(0, y * view.scale + view.y - 17);
    context.fillStyle = style.color;
    context.fillRect(left, top, widthOf(context, text) + 8, 17);
    context.fillStyle = isLight(style.color) ? "#111" : "#fff";
    context.fillText(text, left + 4, top + 9);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 */
function shortened(context, text, room) {
  const letters = Array.from(text);
  if (widthOf(context, text) <= room) return text;
  while (letters.length > 1 && widthOf(context, `${letters.join("")}…`) > room) letters.pop();
  return `${letters.join("")}…`;
}

/** Measuring is slow, the titles of a project are few, and have one font. @type {Map<string, number>} */
const widths = new Map();
const MOST_WIDTHS = 5_000;

/**
 * @param {CanvasRenderingContext2D} context with the font of titles
 * @param {string} text
 */
function widthOf(context, text) {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size >= MOST_WIDTHS) widths.clear();
  const { width } = context.measureText(text);
  widths.set(text, width);
  return width;
}

/**
 * @param {readonly Shape[]} shapes
 * @returns {Iterable<Shape[]>}
 */
function byStyle(shapes) {
  /** @type {Map<string, Shape[]>} */
  const groups = new Map();
  for (const shape of shapes) {
    const key = `${shape.style.color}|${shape.style.width}|${shape.style.dash.join()}`;
    const group = groups.get(key);
    if (group) group.push(shape);
    else groups.set(key, [shape]);
  }
  return groups.values();
}
