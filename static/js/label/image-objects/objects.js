import { groupStep } from "../../surfaces/image/boxes.js";
import { classLook } from "../../surfaces/image/colors.js";
import { regionsOf } from "../regions.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 * @typedef {import('../../surfaces/image/types.js').ShapeKind} ShapeKind
 * @typedef {import('../../surfaces/image/types.js').ShapeLayer} ShapeLayer
 * @typedef {import('../types.js').Region & Record<string, any>} ObjectRegion
 *
 * @typedef {object} ObjectKind what a label type of objects on an image says of them
 * @property {string} key where a region has its geometry
 * @property {ShapeKind} shapes
 * @property {(geometry: any, ctx: Ctx) => string | null} refuse why it cannot be accepted, or null
 * @property {(a: any, b: any) => number} overlap IoU of two geometries
 * @property {string} letter the key of the tool that draws
 * @property {(ctx: Ctx, key: string) => string} empty what a list without objects says; `key` draws
 * @property {(ctx: Ctx) => string} draw what its key does
 * @property {(ctx: Ctx, objects: Objects) => ShapeLayer['grips']} [grips] of a selected one, if not the shape's alone
 */

/** @type {WeakMap<Ctx, Objects>} */
const known = new WeakMap();

/**
 * The objects of a field; panel and tool of a ctx share one.
 *
 * @param {Ctx} ctx
 * @param {ObjectKind} kind
 */
export function objectsOf(ctx, kind) {
  const objects = known.get(ctx) ?? new Objects(ctx, kind);
  known.set(ctx, objects);
  return objects;
}

/**
 * The field's objects as regions and as shapes; what is hidden or locked is never part of the answer.
 */
export class Objects {
  #ctx;
  /** @type {Set<string>} */
  #locked = new Set();
  /** @type {readonly Shape[] | null} */
  #shapes = null;
  /** Class looks by name. @type {Map<string, {color: string, dash: readonly number[], title: string}>} */
  #looks = new Map();

  /**
   * @param {Ctx} ctx
   * @param {ObjectKind} kind
   */
  constructor(ctx, kind) {
    this.#ctx = ctx;
    this.kind = kind;
    /** @type {import('../regions.js').Regions<ObjectRegion>} */
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

  /** The class of the next object. */
  get chosen() {
    return this.regions.chosen ?? this.classes[0]?.name ?? "";
  }

  /** Ids of the selected objects of this field. */
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

  /** Why no further object can be made, or null. @returns {string | null} */
  get full() {
    const most = this.#ctx.field.max_count;
    if (typeof most !== "number" || this.all.length < most) return null;
    return this.#ctx.t("At most {n} objects are allowed here.", { n: most });
  }

  /**
   * @param {any} geometry
   * @returns {string | null} why it cannot be accepted
   */
  refuse(geometry) {
    return this.kind.refuse(geometry, this.#ctx);
  }

  /**
   * @param {ObjectRegion} region
   * @returns {any} where it is
   */
  geometry(region) {
    return region[this.kind.key];
  }

  /** @param {ObjectRegion} region */
  bounds(region) {
    return this.kind.shapes.bounds(this.geometry(region));
  }

  /**
   * A new object of the chosen class, selected.
   *
   * @param {any} geometry
   * @returns {boolean} false when it was refused; the reason has been said
   */
  add(geometry) {
    const refusal = this.full ?? this.refuse(geometry);
    if (refusal) {
      this.#ctx.announce(refusal);
      return false;
    }
    const id = this.regions.newId();
    this.regions.put({ id, class: this.chosen, [this.kind.key]: geometry });
    this.#ctx.selection.select(id);
    return true;
  }

  /**
   * @param {ReadonlyMap<string, any>} geometries by id
   * @param {string} [merge]
   */
  place(geometries, merge) {
    if (geometries.size === 0) return;
    const next = this.all.map((region) => {
      const geometry = geometries.get(region.id);
      return geometry ? { ...region, [this.kind.key]: geometry } : region;
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
      [this.kind.key]: this.#aside(this.geometry(region), image),
    }));
    if (copies.length === 0) return;
    this.#write([...this.all, ...copies]);
    this.#ctx.selection.select(copies.map((copy) => copy.id));
  }

  /**
   * Where objects would be after a step of the keys; a group keeps its shape at the edge.
   *
   * @param {readonly ObjectRegion[]} regions
   * @param {number} dx
   * @param {number} dy
   * @param {boolean} grow resize instead of move
   * @param {{width: number, height: number}} image
   * @returns {Map<string, any>}
   */
  nudged(regions, dx, dy, grow, image) {
    const { shapes } = this.kind;
    const least = Math.max(this.#ctx.field.min_size ?? 1, 0.01);
    const step = groupStep(
      regions.map((region) => this.bounds(region)),
      dx,
      dy,
      image,
    );
    const next = (/** @type {any} */ geometry) =>
      grow && shapes.grow
        ? shapes.grow(geometry, dx, dy, image, least)
        : shapes.move(geometry, step.x, step.y, image);
    return new Map(regions.map((region) => [region.id, next(this.geometry(region))]));
  }

  /**
   * Changes the selected, unlocked objects as one undo step.
   *
   * @param {(region: ObjectRegion) => ObjectRegion} change
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
   * @param {any} geometry
   * @param {{width: number, height: number}} image
   */
  #aside(geometry, image) {
    const { bounds, move } = this.kind.shapes;
    const [x, y, width, height] = bounds(geometry);
    const step = Math.max(4, Math.round(Math.min(width, height) / 8));
    const moved = move(geometry, step, step, image);
    const [left, top] = bounds(moved);
    return left === x && top === y ? move(geometry, -step, -step, image) : moved;
  }

  /** @param {ObjectRegion} region @returns {Shape} */
  #shape(region) {
    const { color, dash, title } = this.look(region.class);
    return {
      id: region.id,
      geometry: this.geometry(region),
      style: { color, dash, width: 2, title },
      fixed: this.#locked.has(region.id),
    };
  }

  /**
   * @param {readonly ObjectRegion[]} all
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
export function objectLayer(ctx, objects) {
  return {
    id: ctx.field.name,
    kind: objects.kind.shapes,
    grips: objects.kind.grips?.(ctx, objects),
    shapes: () => objects.shapes,
    activate: () => ctx.activate(),
  };
}
