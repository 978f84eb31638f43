import { visibleFields } from "./ontology.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Item} Item
 * @typedef {import('./types.js').Ontology} Ontology
 * @typedef {import('./types.js').Field} Field
 * @typedef {import('./types.js').Problem} Problem
 * @typedef {Map<string, import('./types.js').LabelTypeModule>} Modules
 */

/**
 * The answer as it is stored: hidden and unanswered fields absent, each value in its canonical form. A field of
 * regions that is not required says "there are none" by an empty list; a required one wants to be told so.
 * @param {Ontology} ontology
 * @param {Modules} modules
 * @param {Answer} answer
 * @returns {Answer}
 */
export function canonicalAnswer(ontology, modules, answer) {
  const visible = visibleFields(ontology, answer);
  /** @type {Answer} */
  const result = {};
  for (const field of ontology.fields) {
    if (!visible.has(field.name)) continue;
    const module = modules.get(field.type);
    const given = answer[field.name] ?? (module?.surface && !field.required ? [] : undefined);
    const value = given === undefined ? undefined : (module?.canonical ?? ((same) => same))(given, field);
    if (value !== undefined) result[field.name] = value;
  }
  return result;
}

/**
 * What the server would refuse, as far as the browser can know.
 * @param {Ontology} ontology
 * @param {Modules} modules
 * @param {Answer} answer canonical
 * @param {Item | null} item
 * @returns {Problem[]}
 */
export function problemsOf(ontology, modules, answer, item) {
  const visible = visibleFields(ontology, answer);
  return ontology.fields
    .filter((field) => visible.has(field.name))
    .flatMap((field) => {
      const value = answer[field.name];
      if (value === undefined) return field.required ? [{ path: field.name, message: "is required" }] : [];
      const media = (field.on && item?.media[field.on]) || null;
      const problems = modules.get(field.type)?.validate(value, field, media) ?? [];
      return problems.map(({ path, message }) => ({ path: joinPath(field.name, path), message }));
    });
}

/**
 * @param {string} name
 * @param {string} path
 */
function joinPath(name, path) {
  return path === "" || path.startsWith("[") ? name + path : `${name}.${path}`;
}
