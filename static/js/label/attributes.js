import { at } from "../core/at.js";
import { h } from "../core/dom.js";
import { visibleFields } from "./ontology.js";

/**
 * @typedef {import('./types.js').Ctx} Ctx
 * @typedef {import('./types.js').Field} Field
 * @typedef {import('./types.js').Json} Json
 * @typedef {import('./types.js').ValueStore} ValueStore
 * @typedef {import('../core/scope.js').Scope} Scope
 */

/**
 * The form for the attributes of the one region that is selected; empty otherwise.
 * @param {Ctx} ctx
 * @param {import('./regions.js').Regions<any>} regions
 * @returns {{element: HTMLElement, render: () => void}}
 */
export function createAttributes(ctx, regions) {
  const element = h("div", { class: "lb-attributes", hidden: true });
  /** @type {Scope | null} */
  let scope = null;
  let shown = "";
  let refresh = () => {};
  const render = () => {
    const region = regions.selected.length === 1 ? regions.selected[0] : null;
    const fields = region ? (regions.classOf(region.class)?.attributes ?? []) : [];
    const wanted = region && fields.length ? `${region.id} ${region.class}` : "";
    if (wanted !== shown) {
      scope?.dispose();
      scope = ctx.scope.child();
      shown = wanted;
      const built = wanted ? build(ctx, regions, region.id, fields, scope) : { rows: [], refresh: () => {} };
      refresh = built.refresh;
      element.replaceChildren(...built.rows);
      element.hidden = wanted === "";
    }
    refresh();
  };
  return { element, render };
}

/**
 * @param {Ctx} ctx
 * @param {import('./regions.js').Regions<any>} regions
 * @param {string} id
 * @param {Field[]} fields
 * @param {Scope} scope
 */
function build(ctx, regions, id, fields, scope) {
  const rows = fields.map((field) => {
    const panel = ctx.nested(field, new AttributeStore(ctx, regions, id, field.name), scope);
    return h(
      "div",
      { class: "lb-attribute", role: "group", "aria-label": field.title, "data-attribute": field.name },
      [
        h("span", { class: "lb-attribute-title", dir: "auto" }, [field.title, field.required ? " *" : ""]),
        panel.element,
      ],
    );
  });
  const refresh = () => {
    const asked = visibleFields({ media: [], fields }, regions.get(id)?.attributes ?? {});
    for (const [index, field] of fields.entries()) at(rows, index).hidden = !asked.has(field.name);
  };
  return { rows, refresh };
}

/** One attribute of one region, as if it were a field of its own. @implements {ValueStore} */
class AttributeStore {
  #ctx;
  #regions;
  #id;
  #name;

  /**
   * @param {Ctx} ctx
   * @param {import('./regions.js').Regions<any>} regions
   * @param {string} id
   * @param {string} name
   */
  constructor(ctx, regions, id, name) {
    this.#ctx = ctx;
    this.#regions = regions;
    this.#id = id;
    this.#name = name;
  }

  get history() {
    return this.#ctx.store.history;
  }

  get() {
    return this.#regions.get(this.#id)?.attributes?.[this.#name];
  }

  /**
   * @param {Json | undefined} value
   * @param {{merge?: string | null}} [options]
   */
  set(value, options) {
    const region = this.#regions.get(this.#id);
    if (!region) return;
    const { [this.#name]: _before, ...others } = region.attributes ?? {};
    const attributes = value === undefined ? others : { ...others, [this.#name]: value };
    const { attributes: _all, ...rest } = region;
    this.#regions.put(Object.keys(attributes).length ? { ...rest, attributes } : rest, {
      merge: options?.merge ? `${this.#name}:${options.merge}` : undefined,
    });
  }

  /**
   * @param {(change: import('../core/store.js').Change) => void} listener
   * @param {Scope} [scope]
   */
  subscribe(listener, scope) {
    return this.#ctx.store.subscribe(listener, scope);
  }
}
