import { grouped } from "../../core/numbers.js";
import { validateRegions } from "../../label/region-values.js";
import { MAX_COUNTS, MAX_PIXELS } from "./limits.js";
import { parseCounts, RunError } from "./runs.js";

/**
 * What the server's `clean` says of masks, as far as a browser can know.
 *
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {{width: number, height: number}} Size
 */

/** What was said of a mask in an image: values are never changed in place. @type {WeakMap<object, {key: string, problems: Problem[]}>} */
const known = new WeakMap();

/**
 * @param {Json} value
 * @param {import('../../label/types.js').Field} field
 * @param {import('../../label/types.js').Media | null} media
 * @returns {Problem[]} paths below the value: `[3].mask.counts`
 */
export function validate(value, field, media) {
  const image = media?.kind === "image" ? media : null;
  const problems = validateRegions(value, field, ["mask"], (region, path) =>
    maskProblems(region.mask, image).map((problem) => ({
      path: `${path}.mask${problem.path}`,
      message: problem.message,
    })),
  );
  return problems.length ? problems : togetherProblems(/** @type {any} */ (value));
}

/**
 * @param {{mask: import('./runs.js').Mask}[]} regions
 * @returns {Problem[]}
 */
function togetherProblems(regions) {
  const total = regions.reduce((sum, { mask }) => sum + mask.counts.length, 0);
  if (total <= MAX_COUNTS) return [];
  const message = `has masks of ${grouped(total)} characters, at most ${grouped(MAX_COUNTS)} are allowed`;
  return [{ path: "", message }];
}

/**
 * @param {Json | undefined} raw
 * @param {Size | null} image
 * @returns {Problem[]} paths below the mask
 */
function maskProblems(raw, image) {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw))
    return [{ path: "", message: "must be an object" }];
  const key = image ? `${image.width} ${image.height}` : "";
  const found = known.get(raw);
  if (found?.key === key) return found.problems;
  const problems = partProblems(raw, image);
  known.set(raw, { key, problems });
  return problems;
}

/**
 * @param {{[key: string]: Json}} mask
 * @param {Size | null} image
 * @returns {Problem[]}
 */
function partProblems({ size, counts, ...rest }, image) {
  /** @type {Problem[]} */
  const problems = Object.keys(rest).map((key) => ({ path: `.${key}`, message: "unknown key" }));
  const tooLong = typeof counts === "string" && counts.length > MAX_COUNTS;
  if (typeof counts !== "string")
    problems.push({ path: ".counts", message: "must be a text: compressed run lengths" });
  else if (tooLong) {
    const message = `has ${grouped(counts.length)} characters, at most ${grouped(MAX_COUNTS)} are allowed`;
    problems.push({ path: ".counts", message });
  }
  problems.push(...sizeProblems(size, image));
  if (problems.length) return problems;
  const message = countsProblem(/** @type {string} */ (counts), /** @type {[number, number]} */ (size));
  return message ? [{ path: ".counts", message }] : [];
}

/**
 * @param {Json | undefined} raw
 * @param {Size | null} image
 * @returns {Problem[]}
 */
function sizeProblems(raw, image) {
  if (!Array.isArray(raw) || raw.length !== 2)
    return [{ path: ".size", message: "must be a list of 2 whole numbers: height, width" }];
  const wrong = raw.flatMap((side, axis) => {
    const message = wholeProblem(side);
    return message ? [{ path: `.size[${axis}]`, message }] : [];
  });
  if (wrong.length) return wrong;
  const [height, width] = /** @type {[number, number]} */ (raw);
  if (image && (height !== image.height || width !== image.width))
    return [{ path: ".size", message: `must be that of the image: [${image.height}, ${image.width}]` }];
  if (height >= 1 && width >= 1 && height * width <= MAX_PIXELS) return [];
  return [{ path: ".size", message: `must be of 1 to ${grouped(MAX_PIXELS)} pixels` }];
}

/** @param {Json} side */
function wholeProblem(side) {
  if (typeof side !== "number") return "must be a number";
  return Number.isInteger(side) ? null : "must be a whole number";
}

/**
 * @param {string} counts
 * @param {[number, number]} size
 */
function countsProblem(counts, [height, width]) {
  try {
    return parseCounts(counts, height, width).edges.length ? null : "must have at least one pixel";
  } catch (error) {
    if (error instanceof RunError) return error.message;
    throw error;
  }
}
