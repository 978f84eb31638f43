import { getAt, setAt } from "./paths.js";

/**
 * @typedef {import("./paths.js").Definition} Definition
 * @typedef {import("./paths.js").Node} Node
 * @typedef {import("./paths.js").Path} Path
 */

/**
 * A key for a title: in any script, without what keys may not contain.
 * @param {string} title
 * @returns {string}
 */
export function nameFrom(title) {
  return title
    .normalize("NFC")
    .replace(/[.[\]\p{Cc}]/gu, " ")
    .trim()
    .replace(/\s+/g, "_")
    .toLowerCase()
    .slice(0, 100);
}

/**
 * @param {string} wanted
 * @param {readonly Node[]} others of the same list
 * @returns {string} with a number behind it if it is taken
 */
export function freeName(wanted, others) {
  const taken = new Set(others.map((other) => other.name));
  const base = wanted || "new";
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
}

/**
 * A new key for a node; whatever refers to it follows.
 * @param {Definition} definition
 * @param {Path} path
 * @param {string} name
 * @returns {Definition}
 */
export function rename(definition, path, name) {
  const old = getAt(definition, path)?.name;
  const renamed = setAt(definition, [...path, "name"], name);
  if (!old || old === name) return renamed;
  if (path.length === 2 && path[0] === "media") return followMedium(renamed, old, name);
  if (path.length === 2) return followField(renamed, ["fields"], old, name);
  const parent = path.slice(0, -2);
  if (path.at(-2) === "attributes") return followField(renamed, path.slice(0, -1), old, name);
  return followOption(renamed, parent.slice(0, -1), getAt(definition, parent)?.name, old, name);
}

/**
 * @param {Definition} definition
 * @param {string} old
 * @param {string} name
 */
function followMedium(definition, old, name) {
  const fields = definition.fields.map((field) => (field.on === old ? { ...field, on: name } : field));
  return { ...definition, fields };
}

/**
 * @param {Definition} definition
 * @param {Path} list of fields or attributes that may ask for each other
 * @param {string} old
 * @param {string} name
 */
function followField(definition, list, old, name) {
  const fields = getAt(definition, list).map((/** @type {Node} */ field) => {
    if (!field.show_if || !(old in field.show_if)) return field;
    const conditions = Object.entries(field.show_if).map(([key, wanted]) => [
      key === old ? name : key,
      wanted,
    ]);
    return { ...field, show_if: Object.fromEntries(conditions) };
  });
  return setAt(definition, list, fields);
}

/**
 * @param {Definition} definition
 * @param {Path} list
 * @param {string} fieldName whose option it is
 * @param {string} old
 * @param {string} name
 */
function followOption(definition, list, fieldName, old, name) {
  const fields = getAt(definition, list).map((/** @type {Node} */ field) => {
    const wanted = field.show_if?.[fieldName];
    if (!wanted) return field;
    const next = [wanted].flat().map((option) => (option === old ? name : option));
    return { ...field, show_if: { ...field.show_if, [fieldName]: next } };
  });
  return setAt(definition, list, fields);
}
