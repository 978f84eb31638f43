import { showCombo } from "../core/combo.js";
import { h, keepFocus, keycap } from "../core/dom.js";
import { Listbox } from "./listbox.js";

const MANY = 12;

/**
 * @typedef {import('./types.js').Ctx} Ctx
 * @typedef {import('./types.js').Option} Option
 * @typedef {import('./regions.js').Regions<any>} Regions
 */

/**
 * The classes of a field: buttons with keys, or a search when there are many.
 * @param {Ctx} ctx
 * @param {Regions} regions
 * @param {(name: string) => void} press
 * @returns {{element: HTMLElement, render: () => void, focus: () => void}}
 */
export function createClassPalette(ctx, regions, press) {
  return regions.classes.length > MANY
    ? createSearch(ctx, regions, press)
    : createButtons(ctx, regions, press);
}

/**
 * @param {Ctx} ctx
 * @param {Regions} regions
 * @param {(name: string) => void} press
 */
function createButtons(ctx, regions, press) {
  const { scope, readOnly, hotkeys, t } = ctx;
  const buttons = regions.classes.map((item) => {
    const key = hotkeys.get(item.name);
    const button = h(
      "button",
      {
        type: "button",
        class: "lb-class",
        disabled: readOnly,
        title: item.description,
        "aria-keyshortcuts": key,
      },
      [
        classSwatch(regions, item.name),
        h("span", { class: "lb-class-title", dir: "auto" }, [item.title]),
        key ? keycap(showCombo(key)) : null,
      ],
    );
    scope.listen(button, "click", () => press(item.name));
    return { button, item };
  });
  const element = h(
    "div",
    { class: "lb-classes", role: "group", "aria-label": t("Classes") },
    buttons.map(({ button }) => button),
  );
  keepFocus(element, scope);
  const render = () => {
    for (const { button, item } of buttons) {
      button.setAttribute("aria-pressed", String(regions.chosen === item.name));
    }
  };
  return { element, render, focus: () => buttons[0]?.button.focus() };
}

/**
 * @param {Ctx} ctx
 * @param {Regions} regions
 * @param {(name: string) => void} press
 */
function createSearch(ctx, regions, press) {
  const { scope, readOnly, t, field } = ctx;
  const list = new Listbox({
    options: regions.classes,
    scope,
    t,
    readOnly,
    label: field.title,
    several: false,
    isChosen: (item) => regions.chosen === item.name,
    press: (item) => {
      press(item.name);
      if (!ctx.readOnly) ctx.surface?.focus();
    },
    mark: (item) => classSwatch(regions, item.name),
  });
  if (!readOnly)
    ctx.keys.bind("/", () => list.focus(), { id: `${field.name}.search`, title: t("Search classes") });
  return { element: list.element, render: () => list.render(), focus: () => list.focus() };
}

/**
 * @param {Regions} regions
 * @param {string} name
 */
export function classSwatch(regions, name) {
  const swatch = h("span", { class: "lb-swatch", "aria-hidden": "true" });
  swatch.style.background = regions.color(name);
  return swatch;
}
