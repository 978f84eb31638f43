/**
 * @param {import('./types.js').Field} field
 * @param {string} name of a class
 */
export function classTitle(field, name) {
  return (field.classes ?? []).find((one) => one.name === name)?.title ?? name;
}

/**
 * Differences in a line, the same ones counted.
 *
 * @param {readonly string[]} differences empty where there is none
 */
export function inWords(differences) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const each of differences) if (each) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([each, count]) => (count > 1 ? `${count} × ${each}` : each)).join("; ");
}
