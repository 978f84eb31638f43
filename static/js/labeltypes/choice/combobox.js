import { h, keepFocus } from "../../core/dom.js";
import { colorOf } from "../../label/colors.js";
import { Listbox } from "../../label/listbox.js";
import { isChosen, press } from "./value.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Option} Option
 */

/**
 * Many options: search, and what is chosen above as chips.
 * @param {Ctx} ctx
 * @returns {import('../../label/types.js').Panel}
 */
export function createCombobox(ctx) {
  const { field, store, scope, readOnly, t } = ctx;
  const options = field.options ?? [];
  const byName = new Map(options.map((option, index) => [option.name, { option, index }]));
  const toggle = (/** @type {string} */ name) => store.set(press(store.get(), name, field));
  const list = new Listbox({
    options,
    scope,
    t,
    readOnly,
    label: field.title,
    several: field.multiple === true,
    isChosen: (option) => isChosen(store.get(), option.name),
    press: (option) => toggle(option.name),
    mark: (option) => swatch(option, byName.get(option.name)?.index ?? 0),
  });
  const chips = h("ul", { class: "lb-chips", role: "list", "aria-label": t("Chosen") });
  keepFocus(chips, scope);
  const none = field.multiple && !field.min ? noneButton(ctx) : null;
  const render = (/** @type {{reason: string} | undefined} */ change) => {
    const value = store.get();
    const names = /** @type {string[]} */ (value === undefined ? [] : [value].flat());
    chips.replaceChildren(
      ...names.map((name) => chip(ctx, byName.get(name)?.option.title ?? name, () => toggle(name))),
    );
    chips.hidden = names.length === 0;
    none?.setAttribute("aria-pressed", String(Array.isArray(value) && value.length === 0));
    if (change?.reason === "load") list.reset();
    else list.render();
  };
  store.subscribe(render, scope);
  render(undefined);
  if (!readOnly)
    ctx.keys.bind("/", () => list.focus(), { id: `${field.name}.search`, title: t("Search options") });
  return {
    element: h("div", { class: "lb-combobox" }, [chips, list.element, none]),
    focus: () => list.focus(),
  };
}

/**
 * @param {Option} option
 * @param {number} index
 */
function swatch(option, index) {
  if (!option.color) return null;
  const mark = h("span", { class: "lb-swatch", "aria-hidden": "true" });
  mark.style.background = colorOf(option, index);
  return mark;
}

/**
 * @param {Ctx} ctx
 * @param {string} title
 * @param {() => void} remove
 */
function chip({ readOnly, t }, title, remove) {
  const button = h(
    "button",
    { type: "button", class: "lb-chip", disabled: readOnly, title: t("Take back") },
    [h("span", { dir: "auto" }, [title]), h("span", { "aria-hidden": "true", class: "lb-chip-x" }, ["✕"])],
  );
  button.addEventListener("click", remove);
  return h("li", {}, [button]);
}

/** @param {Ctx} ctx */
function noneButton({ store, scope, readOnly, t }) {
  const button = h("button", { type: "button", class: "lb-button lb-none", disabled: readOnly }, [
    t("none of these"),
  ]);
  scope.listen(button, "click", () =>
    store.set(Array.isArray(store.get()) && button.ariaPressed === "true" ? undefined : []),
  );
  return button;
}
