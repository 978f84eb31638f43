import { showCombo } from "../../core/combo.js";
import { h, keepFocus, keycap } from "../../core/dom.js";
import { Listbox } from "../listbox.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('../types.js').Option} Option
 * @typedef {import('./objects.js').Objects} Objects
 */

/** More classes than this are searched, not looked through. */
const FEW = 14;

/**
 * The classes with color, key and count. Pressing one relabels what is selected, and is the class of the next box;
 * with Alt only the latter.
 *
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {(name: string, onlyNext: boolean) => void} press
 * @returns {{element: HTMLElement, render: () => void, search: () => boolean}}
 */
export function createClassList(ctx, objects, press) {
  return objects.classes.length > FEW ? longList(ctx, objects, press) : shortList(ctx, objects, press);
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {(name: string, onlyNext: boolean) => void} press
 */
function shortList(ctx, objects, press) {
  const rows = objects.classes.map((option) => {
    const count = h("span", { class: "image-class-count" });
    const key = ctx.hotkeys.get(option.name);
    const button = h(
      "button",
      { type: "button", class: "image-class", title: option.description ?? "", disabled: ctx.readOnly },
      [
        swatch(objects, option),
        h("span", { class: "image-class-title", dir: "auto" }, [option.title]),
        count,
        key ? keycap(showCombo(key)) : null,
      ],
    );
    ctx.scope.listen(button, "click", (event) => press(option.name, event.altKey));
    return { option, button, count };
  });
  const element = h(
    "div",
    { class: "image-classes", role: "group", "aria-label": ctx.t("Classes") },
    rows.map(({ button }) => button),
  );
  keepFocus(element, ctx.scope);
  return {
    element,
    render() {
      const counts = countByClass(objects);
      for (const { option, button, count } of rows) {
        button.setAttribute("aria-pressed", String(option.name === objects.chosen));
        count.textContent = String(counts.get(option.name) ?? "");
      }
    },
    search() {
      rows[0]?.button.focus();
      return rows.length > 0;
    },
  };
}

/**
 * @param {Ctx} ctx
 * @param {Objects} objects
 * @param {(name: string, onlyNext: boolean) => void} press
 */
function longList(ctx, objects, press) {
  let counts = countByClass(objects);
  const list = new Listbox({
    options: objects.classes,
    label: ctx.t("Classes"),
    several: false,
    readOnly: ctx.readOnly,
    scope: ctx.scope,
    t: ctx.t,
    isChosen: (option) => option.name === objects.chosen,
    press: (option) => press(option.name, false),
    mark: (option) =>
      h("span", { class: "image-class-mark" }, [
        swatch(objects, option),
        h("span", { class: "image-class-count" }, [String(counts.get(option.name) ?? "")]),
      ]),
  });
  // Esc gives the keys back to the picture.
  ctx.scope.listen(list.input, "keydown", (event) => {
    if (event.key !== "Enter") return;
    ctx.surface?.focus();
  });
  return {
    element: list.element,
    render() {
      counts = countByClass(objects);
      list.render();
    },
    search() {
      list.focus();
      return true;
    },
  };
}

/**
 * @param {Objects} objects
 * @param {Option} option
 */
export function swatch(objects, option) {
  const mark = h("span", { class: "image-swatch", "aria-hidden": "true" });
  const { color, dash } = objects.look(option.name);
  mark.style.borderColor = color;
  mark.classList.toggle("is-dashed", dash.length > 0);
  return mark;
}

/** @param {Objects} objects */
function countByClass(objects) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const region of objects.all) counts.set(region.class, (counts.get(region.class) ?? 0) + 1);
  return counts;
}
