/**
 * Places in an ontology, as lists of keys and indexes: `["fields", 0, "options", 3]`. Nothing is ever mutated.
 *
 * @typedef {(string | number)[]} Path
 * @typedef {Record<string, any>} Node a medium, field, option, class or attribute
 * @typedef {{media: Node[], fields: Node[]}} Definition
 */

/**
 * @param {unknown} root
 * @param {Path} path
 * @returns {any} undefined where there is nothing
 */
export function getAt(root, path) {
  return path.reduce((value, key) => /** @type {any} */ (value)?.[key], /** @type {any} */ (root));
}

/**
 * @template Root
 * @param {Root} root
 * @param {Path} path
 * @param {unknown} value undefined takes the key out
 * @returns {Root} a copy that shares everything else
 */
export function setAt(root, path, value) {
  const [key, ...rest] = path;
  if (key === undefined) return /** @type {Root} */ (value);
  const inner = setAt(/** @type {any} */ (root)?.[key], rest, value);
  if (Array.isArray(root)) return /** @type {any} */ (root.with(Number(key), inner));
  const copy = { .../** @type {any} */ (root), [key]: inner };
  if (inner === undefined) delete copy[key];
  return copy;
}

/**
 * @template Root
 * @param {Root} root
 * @param {Path} path of the new element; its list need not exist yet
 * @param {unknown} value
 * @returns {Root}
 */
export function insertAt(root, path, value) {
  const list = path.slice(0, -1);
  return setAt(root, list, (getAt(root, list) ?? []).toSpliced(Number(path.at(-1)), 0, value));
}

/**
 * @template Root
 * @param {Root} root
 * @param {Path} path
 * @returns {Root}
 */
export function removeAt(root, path) {
  const list = path.slice(0, -1);
  return setAt(root, list, getAt(root, list).toSpliced(Number(path.at(-1)), 1));
}

/**
 * @template Root
 * @param {Root} root
 * @param {Path} path
 * @param {number} index its new place in the same list
 * @returns {Root}
 */
export function moveTo(root, path, index) {
  const list = path.slice(0, -1);
  const items = [...getAt(root, list)];
  const [item] = items.splice(Number(path.at(-1)), 1);
  items.splice(index, 0, item);
  return setAt(root, list, items);
}

/**
 * @param {Path} path
 * @returns {string} as the server writes it: `fields[0].options[3]`
 */
export function pathText(path) {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : index ? `.${key}` : key)).join("");
}

/**
 * @param {Path} a
 * @param {Path} b
 */
export function samePath(a, b) {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}
