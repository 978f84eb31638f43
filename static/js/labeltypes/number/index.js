import { h } from "../../core/dom.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Problem} Problem
 */

const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

/** A number with limits, step and unit. @type {import('../../label/types.js').LabelTypeModule} */
export default { kind: "number", surface: null, createPanel, validate, summarize };

/**
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
function createPanel(ctx) {
  const { field, store, scope, readOnly } = ctx;
  const whole =
    field.step !== null &&
    field.step !== undefined &&
    Number.isInteger(field.step) &&
    Number.isInteger(field.min ?? 0);
  const input = h("input", {
    type: "number",
    class: "lb-number-input",
    min: field.min,
    max: field.max,
    step: field.step ?? "any",
    inputmode: whole ? "numeric" : "decimal",
    disabled: readOnly,
    "aria-label": field.title,
  });
  const limits = describeLimits(field);
  const element = h("div", { class: "lb-numberfield" }, [
    input,
    field.unit ? h("span", { class: "lb-unit", dir: "auto" }, [String(field.unit)]) : null,
    limits ? h("span", { class: "lb-hint" }, [limits]) : null,
  ]);
  // What cannot be read as a number (yet) must not overwrite what the person is typing.
  const render = () => {
    const value = store.get();
    if (typeof value !== "number") {
      if (!input.validity.badInput || document.activeElement !== input) input.value = "";
    } else if (input.valueAsNumber !== value) {
      input.value = String(value);
    }
    mark(input, value, field);
  };
  scope.listen(input, "input", () =>
    store.set(Number.isNaN(input.valueAsNumber) ? undefined : input.valueAsNumber, { merge: "typing" }),
  );
  scope.listen(input, "wheel", (event) => document.activeElement === input && event.preventDefault(), {
    passive: false,
  });
  scope.listen(input, "keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) ctx.submit();
  });
  store.subscribe(render, scope);
  render();
  return { element, focus: () => focusAll(input) };
}

/** @param {HTMLInputElement} input */
function focusAll(input) {
  input.focus();
  input.select();
}

/**
 * @param {HTMLInputElement} input
 * @param {Json | undefined} value
 * @param {Field} field
 */
function mark(input, value, field) {
  const wrong = input.validity.badInput || (value !== undefined && validate(value, field).length > 0);
  input.setAttribute("aria-invalid", String(wrong));
}

/** @param {Field} field */
function describeLimits({ min, max }) {
  const low = min ?? null;
  const high = max ?? null;
  if (low !== null && high !== null) return `${low} – ${high}`;
  if (low !== null) return `≥ ${low}`;
  return high !== null ? `≤ ${high}` : "";
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
function validate(value, field) {
  const message = wrong(value, field);
  return message ? [{ path: "", message }] : [];
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {string | null}
 */
function wrong(value, { min, max, step }) {
  if (typeof value !== "number") return "must be a number";
  if (!Number.isFinite(value)) return "must be a finite number";
  if (Math.abs(value) > MAX_NUMBER) return `must be between -${MAX_NUMBER} and ${MAX_NUMBER}`;
  if (typeof min === "number" && value < min) return `must be >= ${min}`;
  if (typeof max === "number" && value > max) return `must be <= ${max}`;
  if (typeof step === "number" && !onStep(value, step, min ?? 0))
    return min ? `must be ${min} plus a multiple of ${step}` : `must be a multiple of ${step}`;
  return null;
}

/**
 * @param {number} value
 * @param {number} step
 * @param {number} from
 */
function onStep(value, step, from) {
  const steps = (value - from) / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}

/**
 * @param {Json} value
 * @param {Field} field
 */
function summarize(value, { unit }) {
  return unit ? `${value} ${unit}` : String(value);
}
