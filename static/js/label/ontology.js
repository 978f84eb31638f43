/**
 * @typedef {import('./types.js').Field} Field
 * @typedef {import('./types.js').Option} Option
 * @typedef {import('./types.js').Ontology} Ontology
 * @typedef {import('./types.js').Answer} Answer
 */

/**
 * The server sends ontologies normalized; the editor's preview may hand in what somebody just wrote.
 * @param {any} raw
 * @returns {Ontology}
 */
export function normalizeOntology(raw) {
  return { media: raw?.media ?? [], fields: (raw?.fields ?? []).map(normalizeField) };
}

/**
 * @param {any} raw
 * @returns {Field}
 */
export function normalizeField(raw) {
  const field = { ...raw, title: raw.title || raw.name };
  if (field.options) field.options = field.options.map(normalizeOption);
  if (field.classes) field.classes = field.classes.map(normalizeOption);
  return field;
}

/**
 * @param {any} raw
 * @returns {Option}
 */
function normalizeOption(raw) {
  if (typeof raw === "string") return { name: raw, title: raw };
  const option = { ...raw, title: raw.title || raw.name };
  if (option.attributes) option.attributes = option.attributes.map(normalizeField);
  return option;
}

/**
 * Every kind that the ontology needs: of fields, and of attributes of regions.
 * @param {Ontology} ontology
 * @returns {string[]}
 */
export function kindsOf(ontology) {
  const attributes = ontology.fields.flatMap((field) =>
    (field.classes ?? []).flatMap((item) => item.attributes ?? []),
  );
  return [...new Set([...ontology.fields, ...attributes].map((field) => field.type))];
}

/**
 * Which fields are asked, given the answers so far. A hidden field answers nothing, so what depends on it is hidden too.
 * @param {Ontology} ontology
 * @param {Answer} answer
 * @returns {Set<string>}
 */
export function visibleFields(ontology, answer) {
  /** @type {Set<string>} */
  const visible = new Set();
  const byName = new Map(ontology.fields.map((field) => [field.name, field]));
  /** @param {Field} field @param {Set<string>} above @returns {boolean} */
  const asked = (field, above) => {
    if (above.has(field.name)) return false;
    const next = new Set([...above, field.name]);
    return Object.entries(field.show_if ?? {}).every(([name, wanted]) => {
      const other = byName.get(name);
      return (
        other !== undefined &&
        asked(other, next) &&
        answers(answer[name]).some((given) => wanted.includes(given))
      );
    });
  };
  for (const field of ontology.fields) if (asked(field, new Set())) visible.add(field.name);
  return visible;
}

/**
 * @param {import('./types.js').Json | undefined} value
 * @returns {string[]} what `show_if` can name
 */
function answers(value) {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((entry) => String(/** @type {any} */ (entry)?.class ?? entry));
  return typeof value === "object" ? [] : [String(value)];
}
