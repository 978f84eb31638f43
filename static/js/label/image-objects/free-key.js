/** @typedef {import('../types.js').Ctx} Ctx */

/**
 * A class may have been given the key; then the tool has it with Shift.
 *
 * @param {Ctx} ctx
 * @param {string} letter
 */
export function freeKey(ctx, letter) {
  return [...ctx.hotkeys.values()].some((key) => key.toLowerCase() === letter) ? `Shift+${letter}` : letter;
}

/**
 * The same as people read it.
 *
 * @param {Ctx} ctx
 * @param {string} letter
 */
export function shownKey(ctx, letter) {
  return freeKey(ctx, letter).replace("+", " ").toUpperCase();
}
