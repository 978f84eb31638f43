import { h, uniqueId } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";

/**
 * @typedef {object} Control a labeled input of the settings form
 * @property {HTMLElement} element
 * @property {string} key where its problems are found, below the node's path
 * @property {(value: any) => void} show writes the value unless it stands there already
 * @property {(messages: string[]) => void} setProblems
 * @property {HTMLElement} input
 *
 * @typedef {object} ControlOptions
 * @property {string} key
 * @property {string} title
 * @property {string} [help]
 * @property {import("../../core/scope.js").Scope} scope
 */

/**
 * @param {ControlOptions} options
 * @param {HTMLElement} input
 * @param {(value: any) => void} show
 * @returns {Control}
 */
export function control({ key, title, help }, input, show) {
  const id = uniqueId("setting");
  input.id = id;
  input.dataset.key = key;
  const wrong = h("div", { class: "error", id: `${id}-error`, hidden: true });
  if (help) input.setAttribute("aria-describedby", `${id}-help ${id}-error`);
  else input.setAttribute("aria-describedby", `${id}-error`);
  const element = h("div", { class: "field" }, [
    h("label", { for: id }, [title]),
    input,
    help ? h("div", { class: "help", id: `${id}-help` }, [help]) : null,
    wrong,
  ]);
  const setProblems = (/** @type {string[]} */ messages) => {
    wrong.hidden = messages.length === 0;
    wrong.replaceChildren(
      ...(messages.length ? [icon("circle-alert"), h("span", {}, [messages.join("; ")])] : []),
    );
    input.setAttribute("aria-invalid", messages.length ? "true" : "false");
  };
  return { element, key, show, setProblems, input };
}

/**
 * One line, or with `lines` several.
 * @param {ControlOptions & {change: (value: string | undefined) => void, lines?: boolean, most?: number, placeholder?: string, readOnly?: boolean}} options
 */
export function textControl(options) {
  const { scope, change, lines, most, placeholder, readOnly } = options;
  const attributes = {
    dir: "auto",
    maxlength: most,
    placeholder,
    readonly: readOnly,
    autocomplete: "off",
    spellcheck: lines ? "true" : "false",
  };
  const input = lines
    ? h("textarea", { ...attributes, rows: 2 })
    : h("input", { ...attributes, type: "text" });
  scope.listen(input, "input", () => change(input.value === "" ? undefined : input.value));
  return control(options, input, (value) => {
    if (input.value !== String(value ?? "")) input.value = String(value ?? "");
  });
}

/**
 * @param {ControlOptions & {change: (value: number | undefined) => void, low?: number, high?: number, whole?: boolean, placeholder?: string}} options
 */
export function numberControl(options) {
  const { scope, change, low, high, whole, placeholder } = options;
  const input = h("input", {
    type: "number",
    min: low,
    max: high,
    step: whole ? 1 : "any",
    placeholder,
    inputmode: whole ? "numeric" : "decimal",
  });
  scope.listen(input, "input", () => change(input.value === "" ? undefined : Number(input.value)));
  return control(options, input, (value) => {
    if (Number(input.value) !== value || (input.value === "") !== (value === undefined))
      input.value = value === undefined ? "" : String(value);
  });
}

/**
 * @param {ControlOptions & {change: (value: string) => void, choices: {value: string, title: string, disabled?: boolean}[]}} options
 */
export function selectControl(options) {
  const { scope, change, choices } = options;
  const input = h(
    "select",
    {},
    choices.map(({ value, title, disabled }) => h("option", { value, disabled }, [title])),
  );
  scope.listen(input, "change", () => change(input.value));
  return control(options, input, (value) => {
    input.value = String(value ?? "");
  });
}

/**
 * @param {ControlOptions & {change: (value: boolean) => void}} options
 * @returns {Control}
 */
export function switchControl({ key, title, help, scope, change }) {
  const input = h("input", { type: "checkbox", class: "switch", "data-key": key });
  scope.listen(input, "change", () => change(input.checked));
  const wrong = h("span", { class: "error-text", hidden: true });
  const element = h("label", { class: "choice" }, [
    input,
    h("span", {}, [title, help ? h("span", { class: "help" }, [help]) : null, wrong]),
  ]);
  const show = (/** @type {any} */ value) => {
    input.checked = value === true;
  };
  const setProblems = (/** @type {string[]} */ messages) => {
    wrong.hidden = messages.length === 0;
    wrong.textContent = messages.join("; ");
  };
  return { element, key, show, setProblems, input };
}

/**
 * A color, or the palette's by its place.
 * @param {ControlOptions & {change: (value: string | undefined) => void, fallback: string}} options
 */
export function colorControl(options) {
  const { scope, change, fallback } = options;
  const input = h("input", { type: "color" });
  const none = h("button", { type: "button", class: "button ghost" }, ["Automatic"]);
  const made = control(options, input, (value) => {
    input.value = value ?? fallback;
    none.disabled = value === undefined;
  });
  const row = h("div", { class: "row" });
  input.replaceWith(row);
  row.append(input, none);
  scope.listen(input, "input", () => change(input.value));
  scope.listen(none, "click", () => change(undefined));
  return made;
}

/**
 * A list of texts, one per line.
 * @param {ControlOptions & {change: (value: string[] | undefined) => void}} options
 */
export function linesControl(options) {
  const input = h("textarea", { dir: "auto", rows: 4 });
  const read = () =>
    input.value
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  options.scope.listen(input, "input", () => options.change(read().length ? read() : undefined));
  return control(options, input, (value) => {
    const lines = Array.isArray(value) ? value : [];
    if (read().join("\n") !== lines.join("\n")) input.value = lines.join("\n");
  });
}
