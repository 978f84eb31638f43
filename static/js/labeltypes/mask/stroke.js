import { boxesMeet, unionBox } from "../../surfaces/image/boxes.js";
import { enclosed, painted, reachOf } from "./painting.js";
import { boundsOf, placedPath, runsOf } from "./shown.js";

/**
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').Size} Size
 * @typedef {import('../../surfaces/image/types.js').View} View
 * @typedef {import('./runs.js').Mask} Mask
 */

/**
 * A stroke of the brush, or a lasso, while it is made. What is seen of it is drawn on a canvas of the screen's size, piece by piece:
 * a move costs the same on a picture of any size, and however long the stroke is. Pixels are made of it at its end.
 */
export class Stroke {
  /** @type {Point[]} */
  #points = [];
  #base;
  #radius;
  #lasso;
  #port;
  /** @type {CanvasRenderingContext2D | null} */
  #sheet = null;
  /** @type {View | null} */
  #view = null;
  #drawn = 0;
  /** @type {Box | null} */
  #reach = null;

  /**
   * @param {object} options
   * @param {Mask | null} options.base what it is made on
   * @param {number} options.radius image pixels
   * @param {boolean} options.lasso all inside the line instead of what is near it
   * @param {boolean} options.erase
   * @param {Size} options.port CSS pixels
   */
  constructor({ base, radius, lasso, erase, port }) {
    this.#base = base;
    this.#radius = lasso ? 0 : radius;
    this.#lasso = lasso;
    this.erase = erase;
    this.#port = port;
  }

  /** @param {Point} at image pixels */
  add(at) {
    const last = this.#points.at(-1);
    if (last?.x === at.x && last.y === at.y) return;
    this.#points.push(at);
    const own = reachOf([at], this.#radius);
    this.#reach = unionBox(this.#reach ? [this.#reach, own] : [own]);
  }

  /** @returns {Box} */
  get bounds() {
    const before = this.#base && boundsOf(this.#base);
    if (before && this.erase) return before;
    return unionBox([before, this.#reach].filter((box) => box !== null)) ?? [0, 0, 0, 0];
  }

  /**
   * @param {Size} image
   * @returns {Mask | null | undefined} null when nothing is left, undefined when nothing is changed
   */
  finished(image) {
    const whole = /** @type {Box} */ ([0, 0, image.width, image.height]);
    const limit = this.erase && this.#base ? boundsOf(this.#base) : whole;
    if (!this.#reach || !boxesMeet(this.#reach, limit)) return undefined;
    const base = this.#base && runsOf(this.#base);
    const mask = this.#lasso
      ? enclosed(base, this.#points, this.erase, image)
      : painted(base, this.#points, this.#radius, this.erase, image);
    if (mask?.counts === this.#base?.counts) return undefined;
    return mask ?? (this.#base ? null : undefined);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  show(context, view) {
    const { width, height } = this.#port;
    const sheet = this.#sheetFor(view, context.fillStyle);
    if (!this.#lasso) this.#catchUp(sheet, view);
    context.drawImage(sheet.canvas, 0, 0, width, height);
    if (this.#lasso) this.#showLine(context, view);
  }

  /**
   * @param {View} view
   * @param {string | CanvasGradient | CanvasPattern} color
   */
  #sheetFor(view, color) {
    if (this.#sheet && this.#view === view) return this.#sheet;
    const dpr = Math.min(2, globalThis.devicePixelRatio || 1);
    const canvas = this.#sheet?.canvas ?? document.createElement("canvas");
    canvas.width = Math.round(this.#port.width * dpr);
    canvas.height = Math.round(this.#port.height * dpr);
    const sheet = this.#sheet ?? /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    sheet.setTransform(dpr, 0, 0, dpr, 0, 0);
    sheet.fillStyle = sheet.strokeStyle = color;
    sheet.lineCap = sheet.lineJoin = "round";
    if (this.#base) sheet.fill(placedPath(this.#base, view));
    if (this.erase) sheet.globalCompositeOperation = "destination-out";
    [this.#sheet, this.#view, this.#drawn] = [sheet, view, 0];
    return sheet;
  }

  /**
   * The line of a lasso, closed as it would be now, over what is there already.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  #showLine(context, { scale, x, y }) {
    context.save();
    context.beginPath();
    for (const point of this.#points) context.lineTo(point.x * scale + x, point.y * scale + y);
    context.closePath();
    if (!this.erase) context.fill();
    context.lineWidth = 2;
    context.strokeStyle = context.fillStyle;
    if (this.erase) {
      // In the object's own color it would not be seen on it.
      context.globalAlpha = 1;
      context.strokeStyle = "white";
      context.setLineDash([4, 4]);
    }
    context.stroke();
    context.restore();
  }

  /**
   * Draws what came since.
   *
   * @param {CanvasRenderingContext2D} sheet
   * @param {View} view
   */
  #catchUp(sheet, { scale, x, y }) {
    const fresh = this.#points.slice(Math.max(0, this.#drawn - 1));
    const first = fresh[0];
    if (!first || this.#drawn === this.#points.length) return;
    sheet.lineWidth = 2 * this.#radius * scale;
    sheet.beginPath();
    sheet.moveTo(first.x * scale + x, first.y * scale + y);
    for (const point of fresh) sheet.lineTo(point.x * scale + x, point.y * scale + y);
    sheet.stroke();
    this.#drawn = this.#points.length;
  }
}
