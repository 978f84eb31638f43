import { grouped } from "../../core/numbers.js";
import { numberProblem, OUTSIDE } from "../../label/image-objects/coordinates.js";
import { validateRegions } from "../../label/region-values.js";
import { firstCrossing, polygonArea } from "../../surfaces/image/polygons.js";
import { LEAST_POINTS, MAX_POINTS } from "./limits.js";

/**
 * What the server's `clean` says of outlines, as far as a browser can know.
 *
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {import('../../label/types.js').Media} Media
 * @typedef {import('../../surfaces/image/polygons.js').Polygon} Polygon
 * @typedef {{width: number, height: number}} Size
 */

/** What was said of an outline in an image: values are never changed in place. @type {WeakMap<object, {key: string, problems: Problem[]}>} */
const known = new WeakMap();

/**
 * @param {import('../../label/types.js').Json} value
 * @param {import('../../label/types.js').Field} field
 * @param {Media | null} media
 * @returns {Problem[]} paths below the value: `[3].polygon[0][1]`
 */
export function validate(value, field, media) {
  const image = media?.kind === "image" ? media : null;
  return validateRegions(value, field, ["polygon"], (region, path) =>
    outlineProblems(region.polygon, image).map((problem) => ({
      path: `${path}.polygon${problem.path}`,
      message: problem.message,
    })),
  );
}

/**
 * @param {unknown} raw
 * @param {Size | null} image
 * @returns {Problem[]} paths below the outline
 */
function outlineProblems(raw, image) {
  if (!Array.isArray(raw)) return [{ path: "", message: "must be a list of points [x, y]" }];
  const key = image ? `${image.width} ${image.height}` : "";
  const found = known.get(raw);
  if (found?.key === key) return found.problems;
  const problems = pointsProblems(raw, image);
  known.set(raw, { key, problems });
  return problems;
}

/**
 * @param {unknown[]} points
 * @param {Size | null} image
 * @returns {Problem[]}
 */
function pointsProblems(points, image) {
  if (points.length > MAX_POINTS) {
    const message = `has ${grouped(points.length)} points, at most ${grouped(MAX_POINTS)} are allowed`;
    return [{ path: "", message }];
  }
  const wrong = points.flatMap((point, index) => pointProblems(point, image, `[${index}]`));
  if (wrong.length) return wrong;
  const message = shapeProblem(cut(/** @type {any} */ (points), image));
  return message ? [{ path: "", message }] : [];
}

/**
 * @param {unknown} point
 * @param {Size | null} image
 * @param {string} path
 * @returns {Problem[]}
 */
function pointProblems(point, image, path) {
  if (!Array.isArray(point) || point.length !== 2)
    return [{ path, message: "must be a list of 2 numbers: x, y" }];
  return point.flatMap((value, axis) => {
    const message = numberProblem(value) ?? (image ? outsideProblem(value, axis, image) : null);
    return message ? [{ path: `${path}[${axis}]`, message }] : [];
  });
}

/**
 * @param {number} value
 * @param {number} axis
 * @param {Size} image
 */
function outsideProblem(value, axis, image) {
  const limit = axis ? image.height : image.width;
  if (value < -OUTSIDE) return "must be >= 0";
  if (value <= limit + OUTSIDE) return null;
  return `reaches beyond the image (${limit} px ${axis ? "high" : "wide"})`;
}

/**
 * As the server keeps it: inside the image, no point twice in a row.
 *
 * @param {Polygon} points
 * @param {Size | null} image
 * @returns {Polygon}
 */
function cut(points, image) {
  const inside = (/** @type {number} */ value, /** @type {number} */ limit) =>
    Math.min(Math.max(value, 0), limit);
  /** @type {[number, number][]} */
  const kept = points.map(([x, y]) => (image ? [inside(x, image.width), inside(y, image.height)] : [x, y]));
  const same = (
    /** @type {[number, number] | undefined} */ a,
    /** @type {[number, number] | undefined} */ b,
  ) => a?.[0] === b?.[0] && a?.[1] === b?.[1];
  const moved = kept.filter((point, index) => index === 0 || !same(point, kept[index - 1]));
  while (moved.length > 1 && same(moved[0], moved.at(-1))) moved.pop();
  return moved;
}

/**
 * @param {Polygon} polygon
 * @returns {string | null}
 */
export function shapeProblem(polygon) {
  if (polygon.length < LEAST_POINTS) return `must have at least ${LEAST_POINTS} different points`;
  const crossing = firstCrossing(polygon);
  if (crossing) return `crosses itself: the edges after [${crossing[0]}] and [${crossing[1]}]`;
  return polygonArea(polygon) > 0 ? null : "must have an area";
}
