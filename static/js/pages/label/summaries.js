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
      const text = value === undefined ? "—" : (type?.summarize(value, field) ?? JSON.stringify(value));
      return { title: field.title, text, differs: !sameJson(said(value), said(other[field.name])) };
    });
}

/** @param {import('../../core/json.js').Json | undefined} value @returns {unknown} no regions and no answer say the same */
function said(value) {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
