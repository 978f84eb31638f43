import { sameJson } from "../../core/json.js";
import { loadedType } from "../../label/modules.js";
import { normalizeOntology } from "../../label/ontology.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {{title: string, text: string, differs: boolean}} Line
 */

/**
 * An answer in one line per field, marked where another one says something else.
 * @param {unknown} definition
 * @param {Answer} answer
 * @param {Answer} [other]
 * @returns {Line[]}
 */
export function summarize(definition, answer, other = answer) {
  return normalizeOntology(definition)
    .fields.filter(({ name }) => answer[name] !== undefined || other[name] !== undefined)
    .map((field) => {
      const value = answer[field.name];
      const type = loadedType(field.type);
      const text =
        value === undefined ? "no answer" : (type?.summarize(value, field) ?? JSON.stringify(value));
      return { title: field.title, text, differs: !sameJson(said(value), said(other[field.name])) };
    });
}

/**
 * The fields in which an answer differs from the known one.
 * @param {unknown} definition
 * @param {Answer} yours
 * @param {Answer} known
 * @returns {{title: string, yours: string, known: string, how: string | null}[]} `how`: in one for both, of regions
 */
export function contrasts(definition, yours, known) {
  const mine = new Map(summarize(definition, yours, known).map((line) => [line.title, line.text]));
  const { fields } = normalizeOntology(definition);
  return summarize(definition, known, yours)
    .filter(({ differs }) => differs)
    .map(({ title, text }) => {
      const field = fields.find((one) => one.title === title);
      const how = field && loadedType(field.type)?.contrast?.(yours[field.name], known[field.name], field);
      return { title, yours: mine.get(title) ?? "", known: text, how: how ?? null };
    })
    .filter(({ how }) => how !== "");
}

/** @param {import('../../core/json.js').Json | undefined} value @returns {unknown} no regions and no answer say the same */
function said(value) {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
