import { aside, h, keepFocus } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";
import { icon } from "../../surfaces/image/svg.js";
import { WindowedList } from "../../surfaces/image/windowed-list.js";
import { swatch } from "./class-list.js";
import { shownKey } from "./free-key.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('./objects.js').Objects} Objects
 * @typedef {import('./objects.js').ObjectRegion} ObjectRegion
 */

const ROW = 28;
const EYE = "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z";
const EYE_OFF =
  "M3 3l18 18M10 5.2A9 9 0 0 1 12 5c6 0 10 7 10 7a17 17 0 0 1-3 3.7M6.3 6.8A16 16 0 0 0 2 12s4 7 10 7a9 9 0 0 0 4-1";
const LOCK = "M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4";
const UNLOCK = "M5 11h14v10H5zM8 11V7a4 4 0 0 1 7.5-2";
const TRASH = "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13";

/**
 * All objects of the field, the only list of them that a screen reader needs.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @returns {{element: HTMLElement, render: () => void, revealSelected: () => void}}
 */
export function createObjectList(ctx, objects) {
  const { t, scope, selection } = ctx;
  const title = h("span", { class: "image-objects-title" });
  const hideAll = iconButton(t("Hide or show all"), EYE, "hide-all");
  const head = h("div", { class: "image-objects-head" }, [title, hideAll]);
  const empty = h("p", { class: "image-objects-empty" }, [
    ctx.readOnly ? t("No objects.") : objects.kind.empty(ctx, shownKey(ctx, objects.kind.letter)),
  ]);
  const list = new WindowedList({
    label: t("Objects"),
    rowHeight: ROW,
    scope,
    count: () => objects.all.length,
    row: (index) => row(ctx, objects, /** @type {ObjectRegion} */ (objects.all[index]), index),
  });
  const element = h("div", { class: "image-objects" }, [head, empty, list.element]);
  keepFocus(head, scope);
  scope.listen(hideAll, "click", () => toggleAll(objects));
  scope.listen(list.element, "click", (event) => press(ctx, objects, event));
  scope.listen(list.element, "keydown", (event) => walk(ctx, objects, event, list));
  scope.listen(list.element, "pointerover", (event) => selection.hover(keyOf(event.target)));
  scope.listen(list.element, "pointerleave", () => selection.hover(null));
  return {
    element,
    render() {
      title.textContent = t("Objects {n}", { n: grouped(objects.all.length) });
      empty.hidden = objects.all.length > 0;
      hideAll.setAttribute("aria-pressed", String(allHidden(objects)));
      list.render();
    },
    revealSelected() {
      const index = objects.all.findIndex((region) => region.id === selection.primary);
      if (index >= 0) list.reveal(index);
      else list.render();
    },
  };
}

/**
 * Everything hidden is shown again, otherwise everything is hidden.
 *
 * @param {Objects} objects
 */
export function toggleAll(objects) {
  objects.regions.hide(
    objects.all.map((region) => region.id),
    !allHidden(objects),
  );
}

/** @param {Objects} objects */
function allHidden(objects) {
  return objects.all.length > 0 && objects.all.every((region) => objects.regions.isHidden(region.id));
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {ObjectRegion} region
 * @param {number} index
 */
function row(ctx, objects, region, index) {
  const { t } = ctx;
  const hidden = objects.regions.isHidden(region.id);
  const locked = objects.isLocked(region.id);
  const selected = ctx.selection.has(region.id);
  const { title } = objects.look(region.class);
  const [x, y, width, height] = objects.bounds(region);
  const size = `${Math.round(width)} × ${Math.round(height)}`;
  const option = objects.regions.classOf(region.class) ?? { name: region.class, title };
  const place = { x: Math.round(x), y: Math.round(y) };
  const main = h(
    "button",
    {
      type: "button",
      class: "image-object-main",
      "data-part": "main",
      "aria-pressed": String(selected),
      tabindex: selected || (index === 0 && ctx.selection.ids.length === 0) ? 0 : -1,
    },
    [
      swatch(objects, option),
      aside(`${index + 1}:`),
      h("span", { class: "image-object-title", dir: "auto" }, [title]),
      h("span", { class: "image-object-size" }, [size]),
      aside(t("at {x}, {y}", place)),
    ],
  );
  const tab = selected ? 0 : -1;
  const parts = [
    main,
    iconButton(hidden ? t("Show") : t("Hide"), hidden ? EYE_OFF : EYE, "hide", hidden, tab),
    ctx.readOnly
      ? null
      : iconButton(locked ? t("Unlock") : t("Lock"), locked ? LOCK : UNLOCK, "lock", locked, tab),
    ctx.readOnly ? null : iconButton(t("Delete"), TRASH, "delete", false, tab),
  ];
  const element = h("div", { class: "image-object", "data-key": region.id }, parts);
  element.classList.toggle("is-selected", selected);
  element.classList.toggle("is-hidden", hidden);
  element.classList.toggle("is-locked", locked);
  return element;
}

/**
 * @param {string} title
 * @param {string} path
 * @param {string} part
 * @param {boolean} [pressed]
 * @param {number} [tabindex]
 */
function iconButton(title, path, part, pressed = false, tabindex = 0) {
  return h(
    "button",
    {
      type: "button",
      class: "image-button",
      "data-part": part,
      title,
      "aria-label": title,
      "aria-pressed": String(pressed),
      tabindex,
    },
    [icon(path)],
  );
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {MouseEvent} event
 */
function press(ctx, objects, event) {
  const id = keyOf(event.target);
  const part =
    event.target instanceof Element ? event.target.closest("[data-part]")?.getAttribute("data-part") : null;
  const region = id === null ? undefined : objects.regions.get(id);
  if (!region || !part) return;
  if (part === "hide") objects.regions.hide([region.id], !objects.regions.isHidden(region.id));
  else if (part === "lock") objects.lock([region.id], !objects.isLocked(region.id));
  else if (part === "delete") objects.remove([region.id]);
  else if (event.shiftKey) ctx.selection.toggle(region.id);
  else show(ctx, objects, region);
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {ObjectRegion} region
 */
export function show(ctx, objects, region) {
  ctx.selection.select(region.id);
  surfaceOf(ctx).reveal(objects.bounds(region));
}

/**
 * @param {Ctx} ctx
 * @returns {import('../../surfaces/image/surface.js').ImageSurface}
 */
export function surfaceOf(ctx) {
  return /** @type {any} */ (ctx.surface);
}

/**
 * Up and down go through the objects while the list has the focus.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {KeyboardEvent} event
 * @param {WindowedList} list
 */
function walk(ctx, objects, event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const index = objects.all.findIndex((region) => region.id === keyOf(event.target));
  const next = objects.all[index + step];
  event.preventDefault();
  event.stopPropagation();
  if (!next) return;
  show(ctx, objects, next);
  list.reveal(index + step);
  requestAnimationFrame(() => {
    const rows = [...list.element.querySelectorAll("[data-key]")];
    const main = rows
      .find((row) => row.getAttribute("data-key") === next.id)
      ?.querySelector('[data-part="main"]');
    if (main instanceof HTMLElement) main.focus({ preventScroll: true });
  });
}

/** @param {EventTarget | null} target */
function keyOf(target) {
  return target instanceof Element ? (target.closest("[data-key]")?.getAttribute("data-key") ?? null) : null;
}
