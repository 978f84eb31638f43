import { sameJson } from "../../core/json.js";
import { classTitle, inWords } from "../../label/contrasts.js";
import { rangeProblems } from "../../label/ranges.js";
import { validateRegions } from "../../label/region-values.js";
import { differences } from "./differences.js";

/**
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Media} Media
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {import('../../label/ranges.js').Overlap} Overlap
 * @typedef {import('../../label/ranges.js').Range} Segment half-open, in seconds, rounded to milliseconds
 */

/** Seconds that an end may be later than the recording, as decoders differ; the server cuts them off. */
const OUTSIDE = 0.1;

/**
 * @param {Json} value
 * @param {Field} field
 * @param {Media | null} media
 * @returns {Problem[]}
 */
export function validate(value, field, media) {
  const seconds = media?.kind === "audio" ? media.seconds : null;
  const problems = validateRegions(value, field, ["start", "end"], (region, path) =>
    validateEnds(region, path, seconds, field.min_seconds ?? 0),
  );
  return problems.length
    ? problems
    : rangeProblems(/** @type {Segment[]} */ (/** @type {unknown} */ (value)), field.name, overlapOf(field));
}

/**
 * @param {{[key: string]: Json}} region
 * @param {string} path
 * @param {number | null} seconds of the recording
 * @param {number} least length
 * @returns {Problem[]}
 */
function validateEnds({ start, end }, path, seconds, least) {
  const numbers = [
    ...(typeof start === "number" ? [] : [{ path: `${path}.start`, message: "must be a number" }]),
    ...(typeof end === "number" ? [] : [{ path: `${path}.end`, message: "must be a number" }]),
  ];
  if (numbers.length) return numbers;
  const from = toMilliseconds(Number(start));
  const last = seconds === null ? Infinity : Math.floor(seconds * 1000 + 1e-6) / 1000;
  const to = Math.min(toMilliseconds(Number(end)), last);
  const problem = (/** @type {string} */ key, /** @type {string} */ message) => [
    { path: `${path}.${key}`, message },
  ];
  if (from < 0) return problem("start", "must be >= 0");
  if (toMilliseconds(Number(end)) > last + OUTSIDE)
    return problem("end", `must be <= ${last}, the seconds of the recording`);
  if (to <= from) return problem("end", `must be > start (${from})`);
  if (toMilliseconds(to - from) < least) return problem("end", `must be at least ${least} s after start`);
  return [];
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {string} `2 Speech, 1 Music`
 */
export function summarize(value, field) {
  const segments = /** @type {Segment[]} */ (/** @type {unknown} */ (value));
  const counts = (field.classes ?? []).map((item) => ({
    title: item.title,
    n: segments.filter((segment) => segment.class === item.name).length,
  }));
  const some = counts.filter(({ n }) => n > 0).map(({ title, n }) => `${n} ${title}`);
  return some.length ? some.join(", ") : "none";
}

/**
 * @param {Json | undefined} yours
 * @param {Json | undefined} other
 * @param {Field} field
 * @returns {string} `Speech missing; 2 × Music only yours`
 */
export function contrast(yours, other, field) {
  const [mine, theirs] = [segmentsIn(yours), segmentsIn(other)];
  return inWords(
    differences(mine, theirs).map(({ status, here, there }) => {
      const title = classTitle(field, (there ?? here)?.class ?? "");
      if (status === "missing") return `${title} missing`;
      if (status === "extra") return `${title} only yours`;
      if (status === "class") return `${title}, yours ${classTitle(field, here?.class ?? "")}`;
      if (status === "ends") return `${title} with other ends`;
      return sameJson(here?.attributes, there?.attributes) ? "" : `${title} with other attributes`;
    }),
  );
}

/** @param {Json | undefined} value @returns {Segment[]} */
function segmentsIn(value) {
  return /** @type {Segment[]} */ (/** @type {unknown} */ (value ?? []));
}

/** @param {Field} field @returns {Overlap} */
export function overlapOf({ overlap }) {
  return overlap === "classes" || overlap === "always" ? overlap : "never";
}

/** @param {number} seconds */
export function toMilliseconds(seconds) {
  return Math.round(seconds * 1000) / 1000;
}
