import { showCombo } from "../../core/combo.js";
import { h, keycap, uniqueId } from "../../core/dom.js";
import { colorOf } from "../../label/colors.js";
import { isChosen, press } from "./value.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Option} Option
 */

/**
 * Up to a dozen options, all in sight: native radios or checkboxes, each with its key.
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
export function createButtons(ctx) {
  const { field, store, scope } = ctx;
  const group = uniqueId("lb-choice");
  const rows = (field.options ?? []).map((option, index) => createRow(ctx, option, index, group));
  const none = field.multiple && !field.min ? createNone(ctx) : null;
  const look = field.display === "buttons" ? "lb-options is-compact" : "lb-options";
  const element = h(
    "div",
    { class: look, role: field.multiple ? "group" : "radiogroup", "aria-label": field.title },
    [...rows.map((row) => row.element), none?.element],
  );
  const render = () => {
    const value = store.get();
    for (const { input, option, element: label } of rows) {
      input.checked = isChosen(value, option.name);
      label.classList.toggle("is-chosen", input.checked);
    }
    none?.render();
  };
  store.subscribe(render, scope);
  render();
  const focus = () => (rows.find((row) => row.input.checked) ?? rows[0])?.input.focus();
  return { element, focus };
}

/**
 * @param {Ctx} ctx
 * @param {Option} option
 * @param {number} index
 * @param {string} group
 */
function createRow(ctx, option, index, group) {
  const { field, readOnly, hotkeys } = ctx;
  const key = hotkeys.get(option.name);
  const about = option.description ? uniqueId("lb-about") : null;
  const input = h("input", {
    type: field.multiple ? "checkbox" : "radio",
    name: group,
    value: option.name,
    class: "lb-option-input",
    disabled: readOnly,
    "aria-describedby": about,
    "aria-keyshortcuts": key,
  });
  const mark = option.color ? h("span", { class: "lb-swatch", "aria-hidden": "true" }) : null;
  if (mark) mark.style.background = colorOf(option, index);
  const element = h("label", { class: "lb-option" }, [
    input,
    mark,
    h("span", { class: "lb-option-text" }, [
      h("span", { class: "lb-option-title", dir: "auto" }, [option.title]),
      option.description
        ? h("span", { class: "lb-option-about", id: about, dir: "auto" }, [option.description])
        : null,
    ]),
    key ? keycap(showCombo(key)) : null,
  ]);
  listen(ctx, option, input, key);
  return { element, input, option };
}

/**
 * @param {Ctx} ctx
 * @param {Option} option
 * @param {HTMLInputElement} input
 * @param {string | undefined} key
 */
function listen(ctx, option, input, key) {
  const { field, store, scope } = ctx;
  const toggle = () => store.set(press(store.get(), option.name, field));
  // A radio that is pressed again is taken back, which browsers do not do by themselves.
  scope.listen(input, "click", () => {
    if (!field.multiple && store.get() === option.name) toggle();
  });
  scope.listen(input, "change", () => {
    if (input.checked !== isChosen(store.get(), option.name)) toggle();
  });
  if (!key || ctx.readOnly) return;
  const id = `${field.name}.${option.name}`;
  ctx.direct.bind(key, () => choose(ctx, toggle), { id, title: option.title });
}

/**
 * @param {Ctx} ctx
 * @param {() => void} toggle
 */
function choose(ctx, toggle) {
  ctx.activate();
  toggle();
}

/**
 * "None of these" is an answer; not having answered is none.
 * @param {Ctx} ctx
 */
function createNone(ctx) {
  const { store, scope, readOnly, t } = ctx;
  const input = h("input", { type: "checkbox", class: "lb-option-input", disabled: readOnly });
  const element = h("label", { class: "lb-option is-none" }, [
    input,
    h("span", { class: "lb-option-text" }, [t("none of these")]),
  ]);
  scope.listen(input, "change", () => store.set(input.checked ? [] : undefined));
  const render = () => {
    const value = store.get();
    input.checked = Array.isArray(value) && value.length === 0;
    element.classList.toggle("is-chosen", input.checked);
  };
  return { element, render };
}
