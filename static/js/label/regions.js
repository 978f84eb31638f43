import { at } from "../core/at.js";
import { Listeners } from "../core/listeners.js";
import { colorOf } from "./colors.js";

/**
 * @typedef {import('./types.js').Ctx} Ctx
 * @typedef {import('./types.js').Region} Region
 * @typedef {import('./types.js').Json} Json
 * @typedef {import('./types.js').Option} Option
 */

/** @type {WeakMap<Ctx, Regions<any>>} */
const known = new WeakMap();

/**
 * The regions of a field; panel and tool of a ctx share one.
 * @template {Region} R
 * @param {Ctx} ctx
 * @returns {Regions<R>}
 */
export function regionsOf(ctx) {
  const regions = known.get(ctx) ?? new Regions(ctx);
  known.set(ctx, regions);
  return regions;
}

/**
 * @param {Iterable<string>} taken
 * @returns {string} 8 characters, none of those taken
 */
export function newId(taken) {
  const used = new Set(taken);
  let id = "";
  do id = `r${crypto.randomUUID().slice(0, 7)}`;
  while (used.has(id));
  return id;
}

/**
 * A field whose value is a list of regions: `{id, class, attributes?, …}`.
 * @template {Region} R
 */
export class Regions {
  #ctx;
  /** @type {string | null} */
  #chosen = null;
  /** @type {Set<string>} */
  #hidden = new Set();
  /** @type {Listeners<void>} */
  #listeners = new Listeners();
  /** @type {{value: Json | undefined, byId: Map<string, R>}} */
  #index = { value: undefined, byId: new Map() };

  /** @param {Ctx} ctx */
  constructor(ctx) {
    this.#ctx = ctx;
    /** @type {Option[]} */
    this.classes = ctx.field.classes ?? [];
    ctx.store.subscribe((change) => {
      if (change.reason === "load") this.#hidden.clear();
      this.#listeners.emit();
    }, ctx.scope);
  }

  /** @returns {readonly R[]} */
  get all() {
    return /** @type {R[]} */ (/** @type {unknown} */ (this.#ctx.store.get() ?? []));
  }

  /** The class of the next region: chosen, or the only one there is. */
  get chosen() {
    return this.#chosen ?? (this.classes.length === 1 ? at(this.classes, 0).name : null);
  }

  /** @param {string | null} name */
  choose(name) {
    this.#chosen = name;
    this.#listeners.emit();
  }

  /** @returns {R[]} those of this field among the selected */
  get selected() {
    return this.all.filter((region) => this.#ctx.selection.has(region.id));
  }

  /**
   * @param {string} id
   * @returns {R | undefined}
   */
  get(id) {
    const value = this.#ctx.store.get();
    if (this.#index.value !== value)
      this.#index = { value, byId: new Map(this.all.map((region) => [region.id, region])) };
    return this.#index.byId.get(id);
  }

  /**
   * Adds a region, or replaces the one with its id.
   * @param {R} region
   * @param {{merge?: string}} [options]
   */
  put(region, options) {
    const all = this.get(region.id)
      ? this.all.map((other) => (other.id === region.id ? region : other))
      : [...this.all, region];
    this.#write(all, options);
  }

  /** @param {readonly string[]} ids */
  remove(ids) {
    this.#write(this.all.filter((region) => !ids.includes(region.id)));
    this.#ctx.selection.select(this.#ctx.selection.ids.filter((id) => !ids.includes(id)));
  }

  /**
   * Attributes that the new class does not have are dropped.
   * @param {readonly string[]} ids
   * @param {string} name
   */
  relabel(ids, name) {
    const allowed = new Set((this.classOf(name)?.attributes ?? []).map((field) => field.name));
    this.#write(
      this.all.map((region) => (ids.includes(region.id) ? withClass(region, name, allowed) : region)),
    );
  }

  /**
   * @param {string} name
   * @returns {Option | undefined}
   */
  classOf(name) {
    return this.classes.find((item) => item.name === name);
  }

  /**
   * @param {string} name
   * @returns {string} a CSS color, perhaps `var(--class-3)`
   */
  color(name) {
    const index = this.classes.findIndex((item) => item.name === name);
    return colorOf(this.classes[index], index);
  }

  /** @param {string} id */
  isHidden(id) {
    return this.#hidden.has(id);
  }

  /**
   * Hides regions from the surface, or shows them again; never part of the answer.
   * @param {readonly string[]} ids
   * @param {boolean} hidden
   */
  hide(ids, hidden) {
    for (const id of ids) {
      if (hidden) this.#hidden.add(id);
      else this.#hidden.delete(id);
    }
    this.#listeners.emit();
  }

  /** @returns {string} an id that no region of this field has */
  newId() {
    return newId(this.all.map((region) => region.id));
  }

  /**
   * Called when regions, the chosen class or what is hidden changed.
   * @param {() => void} listener
   * @param {import('../core/scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#listeners.add(listener, scope);
  }

  /**
   * @param {readonly R[]} all
   * @param {{merge?: string}} [options]
   */
  #write(all, options) {
    this.#ctx.store.set(/** @type {Json} */ (/** @type {unknown} */ (all)), options);
  }
}

/**
 * @template {Region} R
 * @param {R} region
 * @param {string} name
 * @param {Set<string>} allowed
 * @returns {R}
 */
function withClass(region, name, allowed) {
  const { attributes, ...rest } = region;
  const kept = Object.entries(attributes ?? {}).filter(([key]) => allowed.has(key));
  const changed = { ...rest, class: name, ...(kept.length ? { attributes: Object.fromEntries(kept) } : {}) };
  return /** @type {R} */ (changed);
}
