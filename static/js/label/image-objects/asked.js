/** @typedef {import('../types.js').Field} Field */

/**
 * Whether `show_if` shows an attribute, given the others.
 *
 * @param {Field} field
 * @param {Record<string, unknown>} given
 */
export function asked(field, given) {
  return Object.entries(field.show_if ?? {}).every(([name, options]) => {
    const said = [given[name]].flat();
    return options.some((option) => said.includes(option));
  });
}
