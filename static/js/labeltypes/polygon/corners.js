import { surfaceOf } from "../../label/image-objects/object-list.js";
import {
  cornerAt,
  middleAfter,
  withCorner,
  withMiddle,
  withoutCorner,
} from "../../surfaces/image/polygons.js";
import { gripNamed, gripsOf } from "./kind.js";
import { LEAST_POINTS, MAX_POINTS } from "./limits.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/image-objects/objects.js').Objects} Objects
 * @typedef {import('../../surfaces/image/polygons.js').Polygon} Polygon
 */

/** @type {WeakMap<Ctx, Corners>} */
const known = new WeakMap();

/**
 * The corners of a field's selected outline; panel and tool of a ctx share them.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 */
export function cornersOf(ctx, objects) {
  const corners = known.get(ctx) ?? new Corners(ctx, objects);
  known.set(ctx, corners);
  return corners;
}

/** One corner of the selected outline is chosen: keys move and remove it. What is refused leaves all as it was. */
export class Corners {
  #ctx;
  #objects;
  /** @type {{id: string, place: number} | null} */
  #chosen = null;

  /**
   * @param {Ctx} ctx
   * @param {Objects} objects
   */
  constructor(ctx, objects) {
    this.#ctx = ctx;
    this.#objects = objects;
    ctx.selection.subscribe(() => {
      if (this.#chosen && this.#region?.id !== this.#chosen.id) this.choose(null);
    }, ctx.scope);
  }

  /** The one outline that may be changed, or null. */
  get #region() {
    const { changeable, selectedIds } = this.#objects;
    return selectedIds.length === 1 ? (changeable[0] ?? null) : null;
  }

  /** @returns {Polygon} of the selected one; empty if there is none */
  get #polygon() {
    return this.#region ? this.#objects.geometry(this.#region) : [];
  }

  /** The chosen corner, or null. @returns {number | null} */
  get place() {
    const chosen = this.#chosen;
    return chosen && this.#region?.id === chosen.id && chosen.place < this.#polygon.length
      ? chosen.place
      : null;
  }

  get canChoose() {
    return this.#region !== null;
  }

  /** @param {number | null} place */
  choose(place) {
    this.#chosen = place === null || !this.#region ? null : { id: this.#region.id, place };
    surfaceOf(this.#ctx).refresh();
  }

  /**
   * The grips of a selected outline.
   *
   * @param {import('../../surfaces/image/types.js').Shape} shape
   * @param {import('../../surfaces/image/types.js').View} view
   */
  grips(shape, view) {
    return gripsOf(shape.geometry, view, shape.id === this.#chosen?.id ? this.place : null);
  }

  /**
   * A grip was pressed and let go: a corner is chosen, or with Alt removed; the middle of an edge gets one.
   *
   * @param {import('../../surfaces/image/types.js').Held} held
   * @param {import('../../surfaces/image/types.js').PointerInfo} info
   */
  tap({ grip }, info) {
    const { place, isMiddle } = gripNamed(grip.id);
    if (isMiddle) this.insertAfter(place);
    else if (info.alt) this.remove(place);
    else this.choose(place);
  }

  /** @param {1 | -1} step */
  next(step) {
    const size = this.#polygon.length;
    const from = this.place ?? (step > 0 ? -1 : 0);
    const place = (from + step + size) % size;
    this.choose(place);
    const [x, y] = cornerAt(this.#polygon, place);
    surfaceOf(this.#ctx).reveal([x, y, 0, 0]);
    const where = { n: place + 1, all: size, x: Math.round(x), y: Math.round(y) };
    this.#ctx.announce(this.#ctx.t("Point {n} of {all}, at {x}, {y}", where));
  }

  /**
   * @param {number} dx image pixels
   * @param {number} dy image pixels
   */
  nudge(dx, dy) {
    const { place } = this;
    if (place === null) return;
    const [x, y] = cornerAt(this.#polygon, place);
    const { image } = surfaceOf(this.#ctx);
    this.#commit(withCorner(this.#polygon, place, { x: x + dx, y: y + dy }, image), `corner ${place}`);
  }

  /** @param {number} place the new corner is in the middle of the edge after it, and chosen */
  insertAfter(place) {
    const polygon = this.#polygon;
    if (polygon.length >= MAX_POINTS) {
      this.#ctx.announce(this.#ctx.t("At most {n} points are allowed.", { n: MAX_POINTS }));
      return;
    }
    const { image } = surfaceOf(this.#ctx);
    if (this.#commit(withMiddle(polygon, place, middleAfter(polygon, place), image))) this.choose(place + 1);
  }

  /** @param {number} place */
  remove(place) {
    if (this.#polygon.length <= LEAST_POINTS) {
      this.#ctx.announce(this.#ctx.t("An outline needs at least {n} points.", { n: LEAST_POINTS }));
      return;
    }
    if (this.#commit(withoutCorner(this.#polygon, place))) this.choose(null);
  }

  /**
   * @param {Polygon} polygon
   * @param {string} [merge]
   * @returns {boolean} false when it was refused; the reason has been said
   */
  #commit(polygon, merge) {
    const region = this.#region;
    if (!region) return false;
    const refusal = this.#objects.refuse(polygon);
    if (refusal) this.#ctx.announce(refusal);
    else this.#objects.place(new Map([[region.id, polygon]]), merge);
    return !refusal;
  }
}
