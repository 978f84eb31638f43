import { reservedBecause } from "./reserved-keys.js";

/**
 * @typedef {import('./types.js').Ontology} Ontology
 * @typedef {import('./types.js').Field} Field
 * @typedef {Map<string, Map<string, string>>} Hotkeys field name → option name → key
 */

/** Letters that mean the same on every page: submit, skip, question, guideline, hide, lock, fit, review's verdicts, draw and select. */
const RESERVED = new Set("sqghlfzaerjkbv");
const MANY = 12;

/**
 * A key for every option and class of short lists: the manager's own, else digits by place when a choice is all there
 * is, else the first free letter of the title.
 * @param {Ontology} ontology
 * @returns {Hotkeys}
 */
export function assignHotkeys(ontology) {
  const fields = ontology.fields.filter((field) => itemsOf(field).length > 0);
  const taken = new Set(
    [...ontology.fields, ...fields.flatMap(itemsOf)].flatMap(({ hotkey }) =>
      hotkey ? [hotkey.toLowerCase()] : [],
    ),
  );
  // Begin and end here.
  if (ontology.media.some(({ kind }) => kind === "audio")) taken.add("i").add("o");
  const single = ontology.fields.length === 1 && ontology.fields[0]?.options !== undefined;
  return new Map(fields.map((field) => [field.name, assign(field, taken, single)]));
}

/**
 * @param {Field} field
 * @returns {import('./types.js').Option[]}
 */
export function itemsOf(field) {
  return field.options ?? field.classes ?? [];
}

/**
 * @param {Field} field
 * @param {Set<string>} taken grows
 * @param {boolean} digits
 */
function assign(field, taken, digits) {
  const items = itemsOf(field);
  /** @type {Map<string, string>} */
  const keys = new Map();
  for (const [index, item] of items.entries()) {
    const own = item.hotkey && !reservedBecause(item.hotkey) ? item.hotkey : null;
    const key =
      own ??
      (items.length > MANY ? null : free(item.title, taken, digits && index < 9 ? String(index + 1) : null));
    if (!key) continue;
    taken.add(key.toLowerCase());
    keys.set(item.name, key);
  }
  return keys;
}

/**
 * @param {string} title
 * @param {Set<string>} taken
 * @param {string | null} digit
 * @returns {string | null}
 */
function free(title, taken, digit) {
  if (digit && !taken.has(digit)) return digit;
  const letters = [...title.toLowerCase().replace(/[^a-z]/g, ""), ..."bcdimnoptuvwxy"];
  return letters.find((letter) => !RESERVED.has(letter) && !taken.has(letter)) ?? null;
}
