import { showCombo } from "../../core/combo.js";
import { aside, h, keycap, uniqueId } from "../../core/dom.js";
import { colorOf } from "../../label/colors.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('../../label/types.js').Option} Option
 *
 * @typedef {object} Row an option in the list
 * @property {Option} option
 * @property {HTMLElement} element
 * @property {string} placeText
 * @property {(state: {place: number, current: boolean, dragged: boolean}) => void} show `place` from 1, 0: none yet
 */

/**
 * @param {Ctx} ctx
 * @param {Option} option
 * @returns {Row}
 */
export function createRow(ctx, option) {
  const { field, readOnly, hotkeys, t } = ctx;
  const options = field.options ?? [];
  const key = hotkeys.get(option.name);
  const number = h("span", { class: "lb-rank-place", "aria-hidden": "true" });
  const said = aside("");
  const others = ctx.mode === "review" ? h("span", { class: "lb-rank-others", "aria-hidden": "true" }) : null;
  const mark = option.color ? h("span", { class: "lb-swatch", "aria-hidden": "true" }) : null;
  if (mark) mark.style.background = colorOf(option, options.indexOf(option));
  const element = h(
    "div",
    { class: "lb-rank", role: "option", id: uniqueId("lb-rank"), "data-name": option.name },
    [
      readOnly ? null : h("span", { class: "lb-rank-grip", "aria-hidden": "true" }),
      number,
      mark,
      h("span", { class: "lb-option-text" }, [
        h("span", { class: "lb-option-title", dir: "auto" }, [option.title]),
        option.description
          ? h("span", { class: "lb-option-about", dir: "auto" }, [option.description])
          : null,
      ]),
      said,
      others,
      key && !readOnly ? keycap(showCombo(key)) : null,
    ],
  );
  /** @type {Row} */
  const row = {
    option,
    element,
    placeText: "",
    show({ place, current, dragged }) {
      row.placeText = place
        ? t("place {n} of {total}", { n: place, total: options.length })
        : t("not ranked");
      number.textContent = place ? String(place) : "";
      said.textContent = `, ${row.placeText}`;
      element.classList.toggle("is-ranked", place > 0);
      element.classList.toggle("is-current", current);
      element.classList.toggle("is-dragged", current && dragged);
      element.setAttribute("aria-selected", String(current));
      others?.replaceChildren(...elsewhere(ctx, option.name, place));
    },
  };
  return row;
}

/**
 * In review: the places that others gave it, where they are not the one here.
 * @param {Ctx} ctx
 * @param {string} name
 * @param {number} place
 */
function elsewhere(ctx, name, place) {
  return ctx.others().flatMap(({ name: person, color, value }) => {
    const theirs = Array.isArray(value) ? value.indexOf(name) + 1 : 0;
    if (!theirs || theirs === place) return [];
    const title = ctx.t("{name}: place {n}", { name: person, n: theirs });
    const shown = h("span", { class: "lb-rank-other", title }, [String(theirs)]);
    shown.style.borderColor = color;
    return [shown];
  });
}
