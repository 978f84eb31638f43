import { countCodePoints } from "../../core/codepoints.js";
import { sameJson } from "../../core/json.js";
import { classTitle, inWords } from "../../label/contrasts.js";
import { overlap, rangeProblems } from "../../label/ranges.js";
import { validateRegions } from "../../label/region-values.js";

/**
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Media} Media
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {import('../../label/types.js').Region & {start: number, end: number}} Span half-open, in code points
 */

/**
 * @param {Json} value
 * @param {Field} field
 * @param {Media | null} media
 * @returns {Problem[]}
 */
export function validate(value, field, media) {
  const length = media?.kind === "text" ? countCodePoints(media.text) : null;
  const problems = validateRegions(value, field, ["start", "end"], (region, path) =>
    validateEnds(region, path, length),
  );
  return problems.length
    ? problems
    : rangeProblems(
        /** @type {Span[]} */ (/** @type {unknown} */ (value)),
        field.name,
        field.overlap ? "always" : "never",
      );
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {string} `2 Person, 1 Place`
 */
export function summarize(value, field) {
  const spans = /** @type {Span[]} */ (/** @type {unknown} */ (value));
  const counts = (field.classes ?? []).map((item) => ({
    title: item.title,
    n: spans.filter((span) => span.class === item.name).length,
  }));
  const some = counts.filter(({ n }) => n > 0).map(({ title, n }) => `${n} ${title}`);
  return some.length ? some.join(", ") : "none";
}

/**
 * @param {Json | undefined} yours
 * @param {Json | undefined} other
 * @param {Field} field
 * @returns {string} `Person missing; 2 × Place only yours`
 */
export function contrast(yours, other, field) {
  const [mine, theirs] = [spansIn(yours), spansIn(other)];
  const title = (/** @type {Span} */ span) => classTitle(field, span.class);
  /** @type {Set<Span>} */
  const met = new Set();
  const told = theirs.map((span) => {
    const free = mine.filter((one) => !met.has(one));
    const meant =
      free.find((one) => sameEnds(one, span) && one.class === span.class) ??
      free.find((one) => sameEnds(one, span)) ??
      free.find((one) => overlap(one, span) && one.class === span.class);
    if (!meant) return `${title(span)} missing`;
    met.add(meant);
    if (!sameEnds(meant, span)) return `${title(span)} with other ends`;
    if (meant.class !== span.class) return `${title(span)}, yours ${title(meant)}`;
    return sameJson(meant.attributes, span.attributes) ? "" : `${title(span)} with other attributes`;
  });
  return inWords([
    ...told,
    ...mine.filter((span) => !met.has(span)).map((span) => `${title(span)} only yours`),
  ]);
}

/** @param {Json | undefined} value @returns {Span[]} */
function spansIn(value) {
  return /** @type {Span[]} */ (/** @type {unknown} */ (value ?? []));
}

/**
 * @param {Span} a
 * @param {Span} b
 */
function sameEnds(a, b) {
  return a.start === b.start && a.end === b.end;
}

/**
 * @param {{[key: string]: Json}} region
 * @param {string} path
 * @param {number | null} length
 * @returns {Problem[]}
 */
function validateEnds({ start, end }, path, length) {
  const problems = [...wholeNumber(start, `${path}.start`), ...wholeNumber(end, `${path}.end`)];
  if (problems.length) return problems;
  if (Number(start) < 0) return [{ path: `${path}.start`, message: "must be >= 0" }];
  if (Number(end) <= Number(start)) return [{ path: `${path}.end`, message: `must be > start (${start})` }];
  if (length !== null && Number(end) > length)
    return [{ path: `${path}.end`, message: `must be <= ${length}, the length of the text` }];
  return [];
}

/**
 * @param {Json | undefined} value
 * @param {string} path
 * @returns {Problem[]}
 */
function wholeNumber(value, path) {
  if (typeof value !== "number") return [{ path, message: "must be a number" }];
  return Number.isInteger(value) ? [] : [{ path, message: "must be a whole number" }];
}
