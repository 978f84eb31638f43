/**
 * Viewport mathematics, pure. A view maps pixels of the full-size image to CSS
 * pixels of the surface: `screen = image * scale + (x, y)`.
 *
 * @typedef {{readonly scale: number, readonly x: number, readonly y: number}} View
 * @typedef {{readonly width: number, readonly height: number}} Size
 * @typedef {{readonly x: number, readonly y: number}} Point
 * @typedef {readonly [number, number, number, number]} Box  x, y, width, height
 */

/** The largest magnification: one image pixel is this many CSS pixels wide. */
export const MAX_SCALE = 64;

/** CSS pixels of the image that always stay in sight, so that nobody loses it. */
const IN_SIGHT = 48;

/**
 * The view that shows the whole image, centered. Never magnifies above 1:1
 * unless the image is tiny, where up to 8:1 makes it workable.
 *
 * @param {Size} image
 * @param {Size} port
 * @param {number} [margin] CSS pixels kept free on every side
 * @returns {View}
 */
export function fitView(image, port, margin = 16) {
  const width = Math.max(1, port.width - 2 * margin);
  const height = Math.max(1, port.height - 2 * margin);
  const scale = Math.min(width / image.width, height / image.height, 8);
  return centered(image, port, scale);
}

/**
 * @param {Size} image
 * @param {Size} port
 * @param {number} scale
 * @returns {View}
 */
export function centered(image, port, scale) {
  return {
    scale,
    x: (port.width - image.width * scale) / 2,
    y: (port.height - image.height * scale) / 2,
  };
}

/**
 * Scales allowed for an image in a port: from half of "fit" to MAX_SCALE.
 *
 * @param {Size} image
 * @param {Size} port
 * @returns {{min: number, max: number}}
 */
export function scaleLimits(image, port) {
  const fit = fitView(image, port).scale;
  return { min: Math.min(fit / 2, 1), max: Math.max(MAX_SCALE, fit) };
}

/**
 * Zoom so that the image point under `at` (CSS pixels) stays where it is.
 *
 * @param {View} view
 * @param {number} factor
 * @param {Point} at
 * @param {{min: number, max: number}} limits
 * @returns {View}
 */
export function zoomAt(view, factor, at, limits) {
  const scale = Math.min(limits.max, Math.max(limits.min, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/**
 * @param {View} view
 * @param {number} dx CSS pixels
 * @param {number} dy CSS pixels
 * @returns {View}
 */
export function panBy(view, dx, dy) {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy };
}

/**
 * The nearest view in which some of the image remains visible.
 *
 * @param {View} view
 * @param {Size} image
 * @param {Size} port
 * @returns {View}
 */
export function keepInSight(view, image, port) {
  const width = image.width * view.scale;
  const height = image.height * view.scale;
  return {
    scale: view.scale,
    x: between(view.x, Math.min(IN_SIGHT, width) - width, port.width - Math.min(IN_SIGHT, width)),
    y: between(view.y, Math.min(IN_SIGHT, height) - height, port.height - Math.min(IN_SIGHT, height)),
  };
}

/**
 * The view, panned as little as needed so that `box` is visible with a margin.
 * A box larger than the port is centered.
 *
 * @param {View} view
 * @param {Box} box
 * @param {Size} port
 * @param {number} [margin] CSS pixels
 * @returns {View}
 */
export function reveal(view, box, port, margin = 32) {
  return {
    scale: view.scale,
    x: revealAxis(view.x, box[0] * view.scale, box[2] * view.scale, port.width, margin),
    y: revealAxis(view.y, box[1] * view.scale, box[3] * view.scale, port.height, margin),
  };
}

/**
 * @param {View} view
 * @param {number} x CSS pixels
 * @param {number} y CSS pixels
 * @returns {Point} in image pixels
 */
export function toImage(view, x, y) {
  return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
}

/**
 * @param {View} view
 * @param {number} x image pixels
 * @param {number} y image pixels
 * @returns {Point} in CSS pixels
 */
export function toScreen(view, x, y) {
  return { x: x * view.scale + view.x, y: y * view.scale + view.y };
}

/**
 * The part of the image plane that a port (with `margin` CSS pixels around it) shows.
 *
 * @param {View} view
 * @param {Size} port
 * @param {{x: number, y: number}} [margin]
 * @returns {Box} image pixels, not clipped to the image
 */
export function visibleBox(view, port, margin = { x: 0, y: 0 }) {
  const start = toImage(view, -margin.x, -margin.y);
  return [
    start.x,
    start.y,
    (port.width + 2 * margin.x) / view.scale,
    (port.height + 2 * margin.y) / view.scale,
  ];
}

/**
 * The transform that makes pixels drawn under `drawn` appear as under `wanted`:
 * `screen' = screen * scale + (x, y)`.
 *
 * @param {View} drawn
 * @param {View} wanted
 * @returns {View}
 */
export function relativeView(drawn, wanted) {
  const scale = wanted.scale / drawn.scale;
  return { scale, x: wanted.x - drawn.x * scale, y: wanted.y - drawn.y * scale };
}

/**
 * Whether a picture drawn under `drawn` with `margin` around the port still
 * covers the port under `wanted`, and is neither too coarse nor too fine.
 *
 * @param {View} drawn
 * @param {View} wanted
 * @param {Size} port
 * @param {{x: number, y: number}} margin
 * @returns {boolean}
 */
export function covers(drawn, wanted, port, margin) {
  const t = relativeView(drawn, wanted);
  if (t.scale > 2 || t.scale < 0.5) return false;
  const left = -margin.x * t.scale + t.x;
  const top = -margin.y * t.scale + t.y;
  const right = (port.width + margin.x) * t.scale + t.x;
  const bottom = (port.height + margin.y) * t.scale + t.y;
  return left <= 0.5 && top <= 0.5 && right >= port.width - 0.5 && bottom >= port.height - 0.5;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function between(value, low, high) {
  return Math.min(Math.max(value, low), Math.max(low, high));
}

/**
 * @param {number} offset
 * @param {number} start
 * @param {number} length
 * @param {number} port
 * @param {number} margin
 */
function revealAxis(offset, start, length, port, margin) {
  if (length + 2 * margin > port) return port / 2 - start - length / 2;
  if (offset + start < margin) return margin - start;
  if (offset + start + length > port - margin) return port - margin - start - length;
  return offset;
}
