/**
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Problem} Problem
 */

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
export function validate(value, field) {
  return field.multiple ? validateSeveral(value, field) : validateName(value, field, "");
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {string}
 */
export function summarize(value, field) {
  const titles = new Map((field.options ?? []).map((option) => [option.name, option.title]));
  const names = /** @type {string[]} */ (Array.isArray(value) ? value : [value]);
  return names.length ? names.map((name) => titles.get(name) ?? String(name)).join(", ") : "none";
}

/**
 * @param {readonly string[]} names
 * @param {Field} field
 * @returns {string[]} in the order of the ontology
 */
export function inOrder(names, field) {
  const chosen = new Set(names);
  return (field.options ?? []).map((option) => option.name).filter((name) => chosen.has(name));
}

/**
 * The value after an option was pressed: chosen, or taken back.
 * @param {Json | undefined} value
 * @param {string} name
 * @param {Field} field
 * @returns {Json | undefined} undefined: no answer any more
 */
export function press(value, name, field) {
  if (!field.multiple) return value === name ? undefined : name;
  const chosen = /** @type {string[]} */ (value ?? []);
  const next = chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
  return next.length ? inOrder(next, field) : undefined;
}

/**
 * @param {Json | undefined} value
 * @param {string} name
 * @returns {boolean}
 */
export function isChosen(value, name) {
  return Array.isArray(value) ? value.includes(name) : value === name;
}

/**
 * @param {Json} value
 * @param {Field} field
 * @param {string} path
 * @returns {Problem[]}
 */
export function validateName(value, field, path) {
  if (typeof value !== "string") return [{ path, message: "must be the name of an option" }];
  const name = value.normalize("NFC");
  const known = (field.options ?? []).some((option) => option.name === value || option.name === name);
  return known ? [] : [{ path, message: `"${value}" is not an option` }];
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
function validateSeveral(value, field) {
  if (!Array.isArray(value)) return [{ path: "", message: "must be a list" }];
  const problems = value.flatMap((name, index) => {
    const path = `[${index}]`;
    const twice = value.indexOf(name) < index ? [{ path, message: `"${name}" is chosen twice` }] : [];
    return [...validateName(name, field, path), ...twice];
  });
  if (problems.length) return problems;
  const { min, max } = field;
  if (min && value.length < min) problems.push({ path: "", message: `choose at least ${min}` });
  if (max && value.length > max) problems.push({ path: "", message: `choose at most ${max}` });
  return problems;
}
