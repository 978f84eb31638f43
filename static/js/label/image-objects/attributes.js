import { h } from "../../core/dom.js";
import { asked } from "./asked.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('../types.js').Field} Field
 * @typedef {import('../types.js').Json} Json
 * @typedef {import('../types.js').ValueStore} ValueStore
 * @typedef {import('./objects.js').Objects} Objects
 * @typedef {import('./objects.js').ObjectRegion} ObjectRegion
 */

/**
 * The attributes of what is selected, as long as all of it is of one class; an answer goes to all of it.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @returns {{element: HTMLElement, render: () => void}}
 */
export function createAttributes(ctx, objects) {
  const element = h("div", { class: "image-attributes", hidden: true });
  let shown = "";
  let scope = ctx.scope.child();
  /** @type {{field: Field, box: HTMLElement}[]} */
  let fields = [];
  return {
    element,
    render() {
      const selected = objects.regions.selected;
      const name = selected[0]?.class ?? "";
      const same = selected.every((region) => region.class === name);
      const attributes = (same && objects.regions.classOf(name)?.attributes) || [];
      const key = attributes.length ? selected.map((region) => region.id).join("\n") + name : "";
      if (key !== shown) {
        shown = key;
        scope.dispose();
        scope = ctx.scope.child();
        fields = attributes.map((field) => ({ field, box: attribute(ctx, objects, field, scope) }));
        element.replaceChildren(...fields.map(({ box }) => box));
        element.hidden = fields.length === 0;
      }
      for (const { field, box } of fields) box.hidden = !asked(field, selected[0]?.attributes ?? {});
    },
  };
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {Field} field
 * @param {import('../../core/scope.js').Scope} scope
 */
function attribute(ctx, objects, field, scope) {
  const panel = ctx.nested(field, new AttributeStore(ctx, objects, field), scope);
  return h("div", { class: "image-attribute", role: "group", "aria-label": field.title }, [
    h("span", { class: "image-attribute-title", dir: "auto" }, [field.title]),
    panel.element,
  ]);
}

/** One attribute of the selected objects. @implements {ValueStore} */
class AttributeStore {
  #ctx;
  #objects;
  #field;

  /**
   * @param {Ctx} ctx
   * @param {Objects} objects
   * @param {Field} field
   */
  constructor(ctx, objects, field) {
    this.#ctx = ctx;
    this.#objects = objects;
    this.#field = field;
  }

  get history() {
    return this.#ctx.store.history;
  }

  get() {
    return this.#objects.regions.selected[0]?.attributes?.[this.#field.name];
  }

  /**
   * @param {Json | undefined} value
   * @param {{merge?: string | null}} [options]
   */
  set(value, options) {
    const merge = options?.merge ? `${this.#field.name}:${options.merge}` : undefined;
    this.#objects.update((region) => withAttribute(region, this.#objects, this.#field.name, value), merge);
  }

  /**
   * @param {(change: import('../../core/store.js').Change) => void} listener
   * @param {import('../../core/scope.js').Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#ctx.store.subscribe(listener, scope);
  }
}

/**
 * An attribute that is no longer asked must be absent.
 *
 * @param {ObjectRegion} region
 * @param {Objects} objects
 * @param {string} name
 * @param {Json | undefined} value
 * @returns {ObjectRegion}
 */
export function withAttribute(region, objects, name, value) {
  const { attributes: before, ...rest } = region;
  const given = { ...before, ...(value === undefined ? {} : { [name]: value }) };
  if (value === undefined) delete given[name];
  /** @type {Record<string, Json>} */
  const attributes = {};
  for (const field of objects.regions.classOf(region.class)?.attributes ?? []) {
    const answer = given[field.name];
    if (answer !== undefined && asked(field, attributes)) attributes[field.name] = answer;
  }
  return Object.keys(attributes).length ? { ...rest, attributes } : rest;
}
