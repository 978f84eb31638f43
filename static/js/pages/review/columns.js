import { h } from "../../core/dom.js";
import { sameJson } from "../../core/json.js";
import { loadedType } from "../../label/modules.js";
import { normalizeOntology } from "../../label/ontology.js";

/**
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('./others.js').Column} Column
 */

/** More answers than this find no room side by side. */
const ABREAST = 3;

/**
 * The answers as columns, one row per field, or where there are many answers and few fields the other way round:
 * what differs from the first answer is marked, and such answers come first.
 * @param {Column[]} columns
 * @param {{definition: unknown, pick: ((id: string) => void) | null, picked: string | null}} options
 * @returns {HTMLElement}
 */
export function createColumns(columns, { definition, pick, picked }) {
  const { fields } = normalizeOntology(definition);
  const base = columns.find(({ id }) => id === picked) ?? columns[0];
  const weighed = columns.map((column) => ({
    column,
    differing: base ? fields.filter((field) => differs(base, column, field)).length : 0,
  }));
  const sorted = pick ? weighed : [...weighed.slice(0, 1), ...weighed.slice(1).sort(byDifference)];
  const caption = h("caption", { class: "visually-hidden" }, ["All answers to this task, field by field"]);
  const stacked = sorted.length > ABREAST && fields.length < sorted.length;
  const titles = fields.map((field) =>
    h("th", { scope: stacked ? "col" : "row", dir: "auto" }, [field.title]),
  );
  const people = sorted.map((one, place) =>
    headCell(one, { place, pick, picked, count: fields.length, isBase: one.column === base, stacked }),
  );
  const cells = sorted.map(({ column }) => fields.map((field) => cell(column, base, field)));
  const head = h("tr", {}, [h("td", {}), ...(stacked ? titles : people)]);
  const rows = stacked
    ? people.map((person, place) => h("tr", {}, [person, ...(cells[place] ?? [])]))
    : titles.map((title, at) => h("tr", {}, [title, ...cells.map((column) => column[at])]));
  return h(
    "div",
    {
      class: stacked ? "review-columns is-stacked" : "review-columns",
      tabindex: 0,
      role: "region",
      "aria-label": "Answers side by side",
    },
    [h("table", {}, [caption, h("thead", {}, [head]), h("tbody", {}, rows)])],
  );
}

/** @typedef {{column: Column, differing: number}} Weighed */

/** The consensus keeps its place beside the answer. @param {Weighed} a @param {Weighed} b */
function byDifference(a, b) {
  if (a.column.id === "consensus" || b.column.id === "consensus") return a.column.id === "consensus" ? -1 : 1;
  return b.differing - a.differing;
}

/**
 * @param {Weighed} weighed
 * @param {{place: number, pick: ((id: string) => void) | null, picked: string | null, count: number, isBase: boolean,
 *   stacked: boolean}} options
 */
function headCell({ column, differing }, { place, pick, picked, count, isBase, stacked }) {
  const scope = stacked ? "row" : "col";
  const mark = h("span", { class: "lb-other-mark", "aria-hidden": "true" });
  mark.style.background = column.color;
  const name = h("span", { class: "review-column-name" }, [mark, h("bdi", {}, [column.name])]);
  const difference = isBase ? "" : wordsFor(differing, count);
  const children = [
    name,
    h("span", { class: "muted small num" }, [column.note]),
    h("span", { class: differing && !isBase ? "review-differs small num" : "muted small" }, [difference]),
  ];
  if (!pick || !column.pickable) return h("th", { scope }, children);
  const button = h(
    "button",
    { type: "button", class: "button", "aria-pressed": String(column.id === picked), "data-pick": column.id },
    ["Pick ", h("kbd", {}, [String(place + 1)])],
  );
  button.addEventListener("click", () => pick(column.id));
  return h("th", { scope }, [...children, button]);
}

/**
 * @param {number} differing
 * @param {number} count
 */
function wordsFor(differing, count) {
  if (differing === 0) return "the same";
  return count === 1 ? "differs" : `${differing} of ${count} differ`;
}

/**
 * @param {Column} column
 * @param {Column | undefined} base
 * @param {Field} field
 */
function cell(column, base, field) {
  const value = column.value[field.name];
  const different = base !== undefined && differs(base, column, field);
  const sign = different ? h("span", { class: "visually-hidden" }, ["differs: "]) : null;
  const said = h("span", { class: "review-cell" }, [summaryOf(value, field)]);
  return h("td", { class: different ? "is-different" : "", dir: "auto" }, [sign, said]);
}

/**
 * @param {Column} base
 * @param {Column} column
 * @param {Field} field
 */
function differs(base, column, field) {
  return valuesDiffer(base.value[field.name], column.value[field.name], field);
}

/**
 * @param {Json | undefined} a
 * @param {Json | undefined} b
 * @param {Field} field
 */
export function valuesDiffer(a, b, field) {
  if (a === undefined || b === undefined) return a !== b;
  return (loadedType(field.type)?.differs ?? ((one, two) => !sameJson(one, two)))(a, b, field);
}

/**
 * @param {Json | undefined} value
 * @param {Field} field
 */
export function summaryOf(value, field) {
  if (value === undefined) return "no answer";
  return loadedType(field.type)?.summarize(value, field) || "nothing";
}
