import { h, keepFocus } from "../../core/dom.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Problem} Problem
 */

/** A point on a scale from 1 to `max`. @type {import('../../label/types.js').LabelTypeModule} */
export default { kind: "rating", surface: null, createPanel, validate, summarize };

/**
 * A slider to assistive technology, a row of points to the eye: stars, or numbers when there are many.
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
function createPanel(ctx) {
  const { field, store, scope, readOnly } = ctx;
  const max = maxOf(field);
  const stars = max <= 7;
  const points = Array.from({ length: max }, (_, index) =>
    h("span", { class: "lb-point", "data-point": index + 1, title: labelOf(field, index + 1) }, [
      stars ? "★" : String(index + 1),
    ]),
  );
  const slider = h(
    "div",
    {
      class: stars ? "lb-points is-stars" : "lb-points",
      role: "slider",
      tabindex: readOnly ? -1 : 0,
      "aria-label": field.title,
      "aria-valuemin": 1,
      "aria-valuemax": max,
      "aria-disabled": readOnly,
      "aria-required": field.required ?? false,
    },
    points,
  );
  const said = h("span", { class: "lb-point-label", dir: "auto" });
  const render = () => {
    const value = Number(store.get() ?? 0);
    for (const [index, point] of points.entries())
      point.classList.toggle("is-on", stars ? index < value : index + 1 === value);
    slider.setAttribute("aria-valuenow", String(value));
    slider.setAttribute("aria-valuetext", value ? describe(field, value) : ctx.t("not rated"));
    said.textContent = value ? labelOf(field, value) || `${value} / ${max}` : "";
  };
  if (!readOnly) listen(ctx, slider, max);
  store.subscribe(render, scope);
  render();
  return { element: h("div", { class: "lb-rating" }, [slider, said]), focus: () => slider.focus() };
}

/**
 * @param {Ctx} ctx
 * @param {HTMLElement} slider
 * @param {number} max
 */
function listen(ctx, slider, max) {
  const { field, store, scope, t } = ctx;
  /** @param {number} value the same again takes it back */
  const rate = (value) => store.set(store.get() === value ? undefined : value);
  const step = (/** @type {number} */ by) =>
    store.set(Math.max(1, Math.min(max, Number(store.get() ?? 0) + by)), { merge: "step" });
  keepFocus(slider, scope);
  scope.listen(slider, "click", (event) => {
    const point = event.target instanceof HTMLElement ? Number(event.target.dataset.point) : 0;
    if (point) rate(point);
  });
  scope.listen(slider, "keydown", (event) => {
    const forward = getComputedStyle(slider).direction === "rtl" ? -1 : 1;
    /** @type {Record<string, number>} */
    const steps = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowUp: 1,
      ArrowDown: -1,
      Home: -max,
      End: max,
    };
    const by = steps[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    step(by);
    event.preventDefault();
  });
  for (let value = 1; value <= Math.min(max, 9); value += 1) {
    const title = t("Rate {n}", { n: describe(field, value) });
    ctx.keys.bind(String(value), () => rate(value), {
      id: `${field.name}.${value}`,
      title,
      group: field.title,
    });
  }
}

/** @param {Field} field */
function maxOf(field) {
  return typeof field.max === "number" ? field.max : 5;
}

/**
 * @param {Field} field
 * @param {number} value
 */
function labelOf(field, value) {
  return field.labels?.[value - 1] ?? "";
}

/**
 * @param {Field} field
 * @param {number} value
 */
function describe(field, value) {
  const label = labelOf(field, value);
  return label ? `${value}, ${label}` : String(value);
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
function validate(value, field) {
  const max = maxOf(field);
  if (typeof value !== "number") return [{ path: "", message: "must be a number" }];
  if (!Number.isInteger(value)) return [{ path: "", message: "must be a whole number" }];
  if (value < 1) return [{ path: "", message: "must be >= 1" }];
  return value > max ? [{ path: "", message: `must be <= ${max}` }] : [];
}

/**
 * @param {Json} value
 * @param {Field} field
 */
function summarize(value, field) {
  const label = labelOf(field, Number(value));
  return `${value} of ${maxOf(field)}${label ? ` (${label})` : ""}`;
}
