import { differences } from "./differences.js";

/**
 * @typedef {import('../types.js').Json} Json
 * @typedef {import('./objects.js').ObjectRegion} ObjectRegion
 */

/**
 * How many of which class.
 *
 * @param {Json} value
 * @param {import('../types.js').Field} field
 */
export function summarize(value, field) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const region of regionsIn(value)) counts.set(region.class, (counts.get(region.class) ?? 0) + 1);
  const named = (field.classes ?? [])
    .filter((item) => counts.has(item.name))
    .map((item) => `${counts.get(item.name)} × ${item.title}`);
  return named.join(", ") || "no objects";
}

/**
 * Whether there is an object here that is not there, or the other way round, or one lies elsewhere or is called otherwise.
 *
 * @param {Json | undefined} a
 * @param {Json | undefined} b
 * @param {import('./objects.js').ObjectKind} kind
 */
export function differs(a, b, kind) {
  if ((a === undefined) !== (b === undefined)) return true;
  return differences(regionsIn(a), regionsIn(b), kind).some(({ status }) => status !== "same");
}

/**
 * @param {Json | undefined} value
 * @returns {ObjectRegion[]}
 */
function regionsIn(value) {
  return Array.isArray(value) ? /** @type {ObjectRegion[]} */ (/** @type {unknown} */ (value)) : [];
}
