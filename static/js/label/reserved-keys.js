/**
 * Hotkeys that no option, class or field can have, and what they do on every page. labeltypes/reserved.py has the same
 * list for the server; tests/labeltypes/reserved_keys.json holds both to it.
 * @type {Readonly<Record<string, string>>}
 */
export const RESERVED_KEYS = Object.freeze({
  "?": "shows all keys of a page",
  "/": "goes to the search of a long list",
});

/**
 * @param {string} key
 * @returns {string | null} why it cannot be a hotkey; null: it can
 */
export function reservedBecause(key) {
  return Object.hasOwn(RESERVED_KEYS, key) ? `"${key}" is reserved: it ${RESERVED_KEYS[key]}` : null;
}
