import { sameJson } from "../../core/json.js";
import { classTitle, inWords } from "../contrasts.js";
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
 * @param {Json | undefined} yours
 * @param {Json | undefined} other
 * @param {import('../types.js').Field} field
 * @param {import('./objects.js').ObjectKind} kind
 */
export function contrast(yours, other, field, kind) {
  const title = (/** @type {ObjectRegion | null} */ region) => classTitle(field, region?.class ?? "");
  return inWords(
    differences(regionsIn(yours), regionsIn(other), kind).map(({ status, here, there, iou }) => {
      if (status === "missing") return `${title(there)} missing`;
      if (status === "extra") return `${title(here)} only yours`;
      if (status === "class") return `${title(there)}, yours ${title(here)}`;
      if (status === "low") return `${title(there)} overlaps by ${Math.round(iou * 100)} %`;
      return sameJson(here?.attributes, there?.attributes) ? "" : `${title(there)} with other attributes`;
    }),
  );
}

/**
 * @param {Json | undefined} value
 * @returns {ObjectRegion[]}
 */
function regionsIn(value) {
  return Array.isArray(value) ? /** @type {ObjectRegion[]} */ (/** @type {unknown} */ (value)) : [];
}
