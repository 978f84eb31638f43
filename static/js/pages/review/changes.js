import { h } from "../../core/dom.js";
import { normalizeOntology } from "../../label/ontology.js";
import { icon } from "../../ui/icon.js";
import { summaryOf, valuesDiffer } from "./columns.js";
import { verdictText } from "./words.js";

/**
 * @typedef {import('./types.js').Payload} Payload
 * @typedef {import('./types.js').Answer} Answer
 */

/**
 * After a rejection: what was said, and what the author changed since. Only the fields that differ.
 * @param {Payload} payload
 * @param {{definition: unknown, all: boolean, toggle: () => void, point: (region: string) => void}} options
 * @returns {HTMLElement | null} null for what was never sent back
 */
export function createChanges(payload, { definition, all, toggle, point }) {
  const { previous } = payload;
  const now = payload.answers.find(({ id }) => id === payload.subject)?.value;
  if (!previous || !now) return null;
  const { verdict } = previous;
  const button = h("button", { type: "button", class: "button", "aria-pressed": String(all) }, [
    "All answers ",
    h("kbd", {}, ["B"]),
  ]);
  button.addEventListener("click", toggle);
  return h("section", { class: "review-panel review-changes", "aria-label": "What changed" }, [
    h("div", { class: "review-panel-head" }, [h("h2", {}, ["What changed"]), button]),
    h("div", { class: "callout warn" }, [
      icon("undo-2"),
      h("div", {}, [
        h("p", {}, [verdictText(verdict)]),
        verdict.comment ? h("p", { class: "review-said", dir: "auto" }, [verdict.comment]) : null,
        pinOf(verdict.pin, point),
      ]),
    ]),
    beforeAndAfter(previous.value, now, definition),
  ]);
}

/**
 * @param {Answer} before
 * @param {Answer} now
 * @param {unknown} definition
 */
function beforeAndAfter(before, now, definition) {
  const { fields } = normalizeOntology(definition);
  const changed = fields.filter((field) => valuesDiffer(before[field.name], now[field.name], field));
  if (changed.length === 0)
    return h("p", { class: "muted" }, ["Nothing changed: the same answer came again."]);
  return h("table", { class: "review-before" }, [
    h("thead", {}, [
      h("tr", {}, [h("td", {}), h("th", { scope: "col" }, ["Before"]), h("th", { scope: "col" }, ["Now"])]),
    ]),
    h(
      "tbody",
      {},
      changed.map((field) =>
        h("tr", {}, [
          h("th", { scope: "row", dir: "auto" }, [field.title]),
          h("td", { dir: "auto" }, [h("del", {}, [summaryOf(before[field.name], field)])]),
          h("td", { dir: "auto" }, [h("ins", {}, [summaryOf(now[field.name], field)])]),
        ]),
      ),
    ),
  ]);
}

/**
 * @param {import('./types.js').Pin | null} pin
 * @param {(region: string) => void} point selects the region
 * @returns {HTMLElement | null}
 */
export function pinOf(pin, point) {
  if (!pin?.region) return null;
  const { region } = pin;
  const button = h("button", { type: "button", class: "link-button", dir: "auto" }, [
    icon("map-pin"),
    ` ${pin.text || "the place meant"}`,
  ]);
  button.addEventListener("click", () => point(region));
  return button;
}
