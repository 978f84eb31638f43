import { h } from "../../core/dom.js";
import { createAttributes } from "./attributes.js";
import { createClassList } from "./class-list.js";
import { createFindings } from "./findings.js";
import { bindClassKeys, bindViewKeys } from "./keys.js";
import { createObjectList, surfaceOf } from "./object-list.js";
import { objectLayer, objectsOf } from "./objects.js";
import { Others } from "./others.js";

/**
 * The side of a field of objects: classes, objects, attributes; in review the differences.
 *
 * @param {import('../types.js').Ctx} ctx
 * @param {import('./objects.js').ObjectKind} kind
 * @returns {import('../types.js').Panel}
 */
export function createPanel(ctx, kind) {
  const objects = objectsOf(ctx, kind);
  const others = new Others(ctx, objects);
  /** @param {string} name @param {boolean} onlyNext */
  const press = (name, onlyNext) => {
    const ids = onlyNext ? [] : objects.changeable.map((region) => region.id);
    objects.regions.choose(name);
    if (ids.length) objects.regions.relabel(ids, name);
  };
  const classes = createClassList(ctx, objects, press);
  const list = createObjectList(ctx, objects);
  const attributes = createAttributes(ctx, objects);
  const findings = createFindings(ctx, others);
  const element = h("div", { class: "image-panel" }, [
    classes.element,
    attributes.element,
    list.element,
    findings.element,
  ]);
  const surface = surfaceOf(ctx);
  surface.addLayer(objectLayer(ctx, objects), ctx.scope);
  surface.addLayer(others.layer, ctx.scope);
  const render = () => {
    classes.render();
    list.render();
    attributes.render();
    findings.render();
    surface.refresh();
  };
  bindViewKeys(ctx, objects);
  bindClassKeys(ctx, objects, press, () => classes.search());
  objects.regions.subscribe(render, ctx.scope);
  let shown = ctx.selection.ids;
  ctx.selection.subscribe(() => {
    // Not when only the pointer moved: a row made anew between press and release never hears the click.
    if (ctx.selection.ids === shown) return;
    shown = ctx.selection.ids;
    attributes.render();
    list.revealSelected();
  }, ctx.scope);
  render();
  return { element, focus: () => surface.focus() };
}
