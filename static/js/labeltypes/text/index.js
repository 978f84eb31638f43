import { countCodePoints } from "../../core/codepoints.js";
import { h } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Problem} Problem
 */

/** Limits that people will meet are shown before they write. */
const SHORT = 500;

/** Control characters other than layout; no text needs them and some programs choke on them. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** One line or many lines, counted in code points. @type {import('../../label/types.js').LabelTypeModule} */
export default { kind: "text", surface: null, createPanel, validate, summarize, canonical };

/**
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
function createPanel(ctx) {
  const { field, store, scope, readOnly } = ctx;
  const shared = {
    class: "lb-text-input",
    dir: "auto",
    "aria-label": field.title,
    readonly: readOnly,
    autocomplete: "off",
  };
  const input = field.multiline
    ? h("textarea", { ...shared, rows: 3 })
    : h("input", { ...shared, type: "text" });
  const count = h("span", { class: "lb-count" });
  const element = h("div", { class: "lb-textfield" }, [input, count]);
  let composing = false;
  const render = () => {
    const value = String(store.get() ?? "");
    // Writing into a field during composition would break the input method.
    if (!composing && input.value !== value) input.value = value;
    showCount(count, value, field);
    input.setAttribute("aria-invalid", String(value !== "" && validate(value, field).length > 0));
  };
  const write = () => store.set(input.value === "" ? undefined : input.value, { merge: "typing" });
  scope.listen(input, "compositionstart", () => {
    composing = true;
  });
  scope.listen(input, "compositionend", () => {
    composing = false;
    write();
  });
  scope.listen(input, "input", () => !composing && write());
  scope.listen(input, "keydown", (event) => {
    const plain =
      event.key === "Enter" &&
      !event.isComposing &&
      event.keyCode !== 229 &&
      !event.ctrlKey &&
      !event.metaKey;
    if (plain && !field.multiline) ctx.submit();
  });
  store.subscribe(render, scope);
  render();
  return { element, focus: () => input.focus() };
}

/**
 * @param {HTMLElement} element
 * @param {string} value
 * @param {Field} field
 */
function showCount(element, value, { min_length: min, max_length: max }) {
  const length = countCodePoints(value);
  const few = typeof min === "number" && length > 0 && length < min;
  const many = typeof max === "number" && length > max;
  element.textContent =
    typeof max === "number" ? `${length} / ${max}` : few ? `${length} (≥ ${min})` : String(length);
  element.classList.toggle("is-wrong", few || many);
  element.hidden = length === 0 && !(typeof max === "number" && max <= SHORT);
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
function validate(value, field) {
  const message = typeof value === "string" ? wrong(value, field) : "must be a string";
  return message ? [{ path: "", message }] : [];
}

/**
 * @param {string} text
 * @param {Field} field
 * @returns {string | null}
 */
function wrong(text, { multiline, min_length: min, max_length: max }) {
  if (text.includes("\0")) return "must not contain NUL characters";
  if (/\p{Cs}/u.test(text)) return "must not contain lone surrogates";
  if (CONTROL.test(text)) return "must not contain control characters";
  if (text.trim() === "") return "must not be empty";
  if (!multiline && /[\r\n]/.test(text)) return "must be one line";
  const length = countCodePoints(text);
  const has = `has ${grouped(length)} characters`;
  if (typeof min === "number" && length < min) return `${has}, at least ${grouped(min)} are needed`;
  if (typeof max === "number" && length > max) return `${has}, at most ${grouped(max)} are allowed`;
  return null;
}

/**
 * Line ends as we store them; blank is not answered.
 * @param {Json} value
 */
function canonical(value) {
  const text = String(value).replace(/\r\n?/g, "\n");
  return text.trim() === "" ? undefined : text;
}

/** @param {Json} value */
function summarize(value) {
  const text = String(value).replace(/\s+/g, " ");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
