import { regionsOf } from "../../label/regions.js";
import { groupStep, growBox, moveBox, rounded } from "../../surfaces/image/boxes.js";
import { classLook } from "../../surfaces/image/colors.js";
import { boxKind } from "./kind.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Region & {box: Box}} BoxRegion
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 * @typedef {import('../../surfaces/image/types.js').ShapeLayer} ShapeLayer
 */

/** @type {WeakMap<Ctx, Objects>} */
const known = new WeakMap();

/**
 * The boxes of a field; panel and tool of a ctx share one.
 *
 * @param {Ctx} ctx
 */
export function objectsOf(ctx) {
  const objects = known.get(ctx) ?? new Objects(ctx);
  known.set(ctx, objects);
  return objects;
}

/**
 * The field's boxes as regions and as shapes; what is hidden or locked is never part of the answer.
 */
export class Objects {
  #ctx;
  /** @type {Set<string>} */
  #locked = new Set();
  /** @type {readonly Shape[] | null} */
  #shapes = null;
  /** Class looks by name. @type {Map<string, {color: string, dash: readonly number[], title: string}>} */
  #looks = new Map();

  /** @param {Ctx} ctx */
  constructor(ctx) {
    this.#ctx = ctx;
    /** @type {import('../../label/regions.js').Regions<BoxRegion>} */
    this.regions = regionsOf(ctx);
    ctx.store.subscribe((change) => {
      if (change.reason === "load") this.#locked.clear();
    }, ctx.scope);
    this.regions.subscribe(() => {
      this.#shapes = null;
      this.#forgetGone();
    }, ctx.scope);
  }

  get classes() {
    return this.regions.classes;
  }

  get all() {
    return this.regions.all;
  }

  /** The class of the next box. */
  get chosen() {
    return this.regions.chosen ?? this.classes[0]?.name ?? "";
  }

  /** Ids of the selected boxes of this field. */
  get selectedIds() {
    return this.regions.selected.map((region) => region.id);
  }

  /** Those of the selected that may be changed. */
  get changeable() {
    return this.#ctx.readOnly ? [] : this.regions.selected.filter((region) => !this.#locked.has(region.id));
  }

  /** @returns {readonly Shape[]} visible ones, the first drawn lowest */
  get shapes() {
    this.#shapes ??= this.all
      .filter(({ id }) => !this.regions.isHidden(id))
      .map((region) => this.#shape(region));
    return this.#shapes;
  }

  /** @param {string} name */
  look(name) {
    let look = this.#looks.get(name);
    if (!look) {
      const index = this.classes.findIndex((item) => item.name === name);
      const style = getComputedStyle(document.documentElement);
      const option = this.classes[index];
      look = {
        ...classLook(option, index, (token) => style.getPropertyValue(token)),
        title: option?.title ?? name,
      };
      this.#looks.set(name, look);
    }
    return look;
  }

  /** @param {string} id */
  isLocked(id) {
    return this.#locked.has(id);
  }

  /**
   * @param {readonly string[]} ids
   * @param {boolean} locked
   */
  lock(ids, locked) {
    for (const id of ids) {
      if (locked) this.#locked.add(id);
      else this.#locked.delete(id);
    }
    this.regions.hide([], false);
  }

  /** Why no further box can be made, or null. @returns {string | null} */
  get full() {
    const most = this.#ctx.field.max_count;
    if (typeof most !== "number" || this.all.length < most) return null;
    return this.#ctx.t("At most {n} objects are allowed here.", { n: most });
  }

  /**
   * @param {Box} box
   * @returns {string | null} why it cannot be accepted
   */
  refuse(box) {
    const least = this.#ctx.field.min_size ?? 0;
    if (Math.min(box[2], box[3]) >= Math.max(least, 0.01)) return null;
    return this.#ctx.t("Too small: {w} × {h} pixels, at least {n} are needed.", {
      w: rounded(box[2]),
      h: rounded(box[3]),
      n: least || 1,
    });
  }

  /**
   * A new box of the chosen class, selected.
   *
   * @param {Box} box
   * @returns {boolean} false when it was refused; the reason has been said
   */
  add(box) {
    const refusal = this.full ?? this.refuse(box);
    if (refusal) {
      this.#ctx.announce(refusal);
      return false;
    }
    const id = this.regions.newId();
    this.regions.put({ id, class: this.chosen, box });
    this.#ctx.selection.select(id);
    return true;
  }

  /**
   * @param {ReadonlyMap<string, Box>} boxes by id
   * @param {string} [merge]
   */
  place(boxes, merge) {
    if (boxes.size === 0) return;
    const next = this.all.map((region) => {
      const box = boxes.get(region.id);
      return box ? { ...region, box } : region;
    });
    this.#write(next, merge);
  }

  /** Copies of the selected ones a little aside, selected. */
  duplicate() {
    const image = this.#ctx.media;
    if (image?.kind !== "image") return;
    const sources = this.changeable;
    const room = (this.#ctx.field.max_count ?? Infinity) - this.all.length;
    if (sources.length > room) {
      this.#ctx.announce(
        this.#ctx.t("At most {n} objects are allowed here.", { n: this.#ctx.field.max_count ?? 0 }),
      );
      return;
    }
    const copies = sources.map((region) => ({
      ...region,
      id: `${this.regions.newId()}`,
      box: this.#aside(region.box, image),
    }));
    if (copies.length === 0) return;
    this.#write([...this.all, ...copies]);
    this.#ctx.selection.select(copies.map((copy) => copy.id));
  }

  /**
   * Where boxes would be after a step of the keys; a group keeps its shape at the edge.
   *
   * @param {readonly BoxRegion[]} regions
   * @param {number} dx
   * @param {number} dy
   * @param {boolean} grow resize instead of move
   * @param {{width: number, height: number}} image
   * @returns {Map<string, Box>}
   */
  nudged(regions, dx, dy, grow, image) {
    const least = Math.max(this.#ctx.field.min_size ?? 1, 0.01);
    const step = grow
      ? { x: dx, y: dy }
      : groupStep(
          regions.map((region) => region.box),
          dx,
          dy,
          image,
        );
    const next = (/** @type {Box} */ box) =>
      grow ? growBox(box, dx, dy, image, least) : moveBox(box, step.x, step.y, image);
    return new Map(regions.map((region) => [region.id, next(region.box)]));
  }

  /**
   * Changes the selected, unlocked boxes as one undo step.
   *
   * @param {(region: BoxRegion) => BoxRegion} change
   * @param {string} [merge]
   */
  update(change, merge) {
    const ids = new Set(this.changeable.map((region) => region.id));
    this.#write(
      this.all.map((region) => (ids.has(region.id) ? change(region) : region)),
      merge,
    );
  }

  /** Deletes those that are not locked. @param {readonly string[]} ids */
  remove(ids) {
    const free = ids.filter((id) => !this.#locked.has(id));
    if (free.length) this.regions.remove(free);
  }

  /**
   * @param {Box} box
   * @param {{width: number, height: number}} image
   */
  #aside(box, image) {
    const step = Math.max(4, Math.round(Math.min(box[2], box[3]) / 8));
    const moved = moveBox(box, step, step, image);
    return moved[0] === box[0] && moved[1] === box[1] ? moveBox(box, -step, -step, image) : moved;
  }

  /** @param {BoxRegion} region @returns {Shape} */
  #shape(region) {
    const { color, dash, title } = this.look(region.class);
    return {
      id: region.id,
      geometry: region.box,
      style: { color, dash, width: 2, title },
      fixed: this.#locked.has(region.id),
    };
  }

  /**
   * @param {readonly BoxRegion[]} all
   * @param {string} [merge]
   */
  #write(all, merge) {
    this.#ctx.store.set(/** @type {any} */ (all), merge ? { merge } : undefined);
  }

  /** After an undo, what no longer exists cannot be selected. */
  #forgetGone() {
    const { selection } = this.#ctx;
    const gone = selection.ids.filter((id) => this.#ids.has(id) && !this.regions.get(id));
    for (const region of this.all) this.#ids.add(region.id);
    if (gone.length) selection.select(selection.ids.filter((id) => !gone.includes(id)));
  }

  /** Ids that were ever of this field. @type {Set<string>} */
  #ids = new Set();
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @returns {ShapeLayer}
 */
export function boxLayer(ctx, objects) {
  return { id: ctx.field.name, kind: boxKind, shapes: () => objects.shapes, activate: () => ctx.activate() };
}
