import { at } from "../../core/at.js";
import { h } from "../../core/dom.js";

/**
 * @typedef {{fontSize: number, lineHeight: number, font: string}} Reading
 */

const SIZES = [13, 15, 17, 20, 24, 28];
const HEIGHTS = [1.4, 1.6, 1.8, 2.1];
const FONTS = ["sans", "serif", "mono"];

/**
 * How this person reads: size, line height and font of the text.
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 * @param {HTMLElement} page
 * @param {() => void} changed
 * @returns {HTMLElement}
 */
export function createReader({ preferences, savePreferences, scope, t }, page, changed) {
  /** @type {Reading} */
  const reading = {
    fontSize: preferences.fontSize ?? 15,
    lineHeight: preferences.lineHeight ?? 1.6,
    font: preferences.font ?? "sans",
  };
  const apply = () => {
    page.style.setProperty("--tx-size", `${reading.fontSize / 16}rem`);
    page.style.setProperty("--tx-height", String(reading.lineHeight));
    page.dataset.font = reading.font;
    changed();
  };
  /** @param {Partial<Reading>} patch */
  const set = (patch) => {
    Object.assign(reading, patch);
    savePreferences(/** @type {any} */ (patch));
    apply();
  };
  /** @param {string} text @param {string} title @param {() => void} run */
  const button = (text, title, run) => {
    const element = h("button", { type: "button", class: "lb-button", title, "aria-label": title }, [text]);
    scope.listen(element, "click", run);
    return element;
  };
  apply();
  return h("details", { class: "tx-reader" }, [
    h(
      "summary",
      { class: "tx-reader-open", title: t("How the text looks"), "aria-label": t("How the text looks") },
      ["Aa"],
    ),
    h("div", { class: "tx-reader-box" }, [
      button("A−", t("Smaller"), () => set({ fontSize: next(SIZES, reading.fontSize, -1) })),
      button("A+", t("Larger"), () => set({ fontSize: next(SIZES, reading.fontSize, 1) })),
      button("↕", t("Line height"), () => set({ lineHeight: cycle(HEIGHTS, reading.lineHeight) })),
      button("Ab", t("Font"), () => set({ font: cycle(FONTS, reading.font) })),
    ]),
  ]);
}

/**
 * @param {number[]} steps
 * @param {number} value
 * @param {1 | -1} direction
 */
function next(steps, value, direction) {
  const found = direction > 0 ? steps.find((step) => step > value) : steps.findLast((step) => step < value);
  return found ?? value;
}

/**
 * @template T
 * @param {readonly T[]} all
 * @param {T} value
 * @returns {T}
 */
function cycle(all, value) {
  return at(all, (all.indexOf(value) + 1) % all.length);
}
