import { h } from "../core/dom.js";
import { grouped } from "../core/numbers.js";
import { createAttributes } from "./attributes.js";
import { createClassPalette } from "./class-palette.js";
import { RegionList } from "./region-list.js";
import { regionsOf } from "./regions.js";

/**
 * @typedef {import('./types.js').Ctx} Ctx
 *
 * @typedef {object} RegionPanelOptions
 * @property {(region: any) => string} describe what the list says of a region
 * @property {(className: string) => boolean} [mark] a class was pressed while something waits for its class (a selected
 *   text, say): makes the region and returns true
 * @property {(a: any, b: any) => number} [compare] order of the list; default as made
 * @property {boolean} [hides] whether `H` hides what is selected
 */

/**
 * The panel of a field of regions: classes, the list, the attributes of what is selected.
 * Pressing a class gives it to what waits for one, else to what is selected, else to what is drawn next.
 * @param {Ctx} ctx
 * @param {RegionPanelOptions} options
 * @returns {import('./types.js').Panel & {regions: import('./regions.js').Regions<any>, press: (className: string) => void}}
 */
export function createRegionPanel(ctx, options) {
  const regions = regionsOf(ctx);
  const press = (/** @type {string} */ name) => pressClass(ctx, regions, options, name);
  const palette = createClassPalette(ctx, regions, press);
  const list = new RegionList({ ctx, regions, describe: options.describe, compare: options.compare });
  const attributes = createAttributes(ctx, regions);
  const count = h("p", { class: "lb-count" });
  const nothing = ctx.field.required ? createNothing(ctx) : null;
  const element = h("div", { class: "lb-regionfield" }, [
    palette.element,
    count,
    list.element,
    nothing?.element,
    attributes.element,
  ]);
  const render = () => {
    palette.render();
    list.render();
    attributes.render();
    nothing?.render();
    count.textContent = regions.all.length ? ctx.t("{n} marked", { n: grouped(regions.all.length) }) : "";
  };
  regions.subscribe(render, ctx.scope);
  ctx.selection.subscribe(() => attributes.render(), ctx.scope);
  if (!ctx.readOnly) bindKeys(ctx, regions, options, press);
  render();
  return { element, regions, press, focus: () => (ctx.surface ? ctx.surface.focus() : palette.focus()) };
}

/**
 * @param {Ctx} ctx
 * @param {import('./regions.js').Regions<any>} regions
 * @param {RegionPanelOptions} options
 * @param {string} name
 */
function pressClass(ctx, regions, options, name) {
  ctx.activate();
  if (options.mark?.(name)) return;
  const selected = regions.selected.map((region) => region.id);
  if (selected.length) regions.relabel(selected, name);
  else regions.choose(regions.chosen === name && regions.classes.length > 1 ? null : name);
}

/**
 * @param {Ctx} ctx
 * @param {import('./regions.js').Regions<any>} regions
 * @param {RegionPanelOptions} options
 * @param {(name: string) => void} press
 */
function bindKeys(ctx, regions, options, press) {
  const { field, direct, hotkeys, t } = ctx;
  const some = () => regions.selected.length > 0;
  const ids = () => regions.selected.map((region) => region.id);
  for (const item of regions.classes) {
    const key = hotkeys.get(item.name);
    if (key)
      direct.bind(key, () => press(item.name), { id: `${field.name}.${item.name}`, title: item.title });
  }
  direct.bind(["Delete", "Backspace"], () => regions.remove(ids()), {
    id: `${field.name}.delete`,
    title: t("Delete"),
    when: some,
  });
  if (!options.hides) return;
  const hide = () => regions.hide(ids(), !regions.isHidden(ids()[0]));
  direct.bind("h", hide, { id: `${field.name}.hide`, title: t("Hide or show"), when: some });
}

/**
 * A required field wants to hear that there is nothing.
 * @param {Ctx} ctx
 */
function createNothing({ store, scope, readOnly, t }) {
  const input = h("input", { type: "checkbox", class: "lb-option-input", disabled: readOnly });
  const element = h("label", { class: "lb-option is-none" }, [
    input,
    h("span", { class: "lb-option-text" }, [t("Nothing to mark here")]),
  ]);
  scope.listen(input, "change", () => store.set(input.checked ? [] : undefined));
  const render = () => {
    const value = store.get();
    element.hidden = Array.isArray(value) && value.length > 0;
    input.checked = Array.isArray(value) && value.length === 0;
    element.classList.toggle("is-chosen", input.checked);
  };
  return { element, render };
}
