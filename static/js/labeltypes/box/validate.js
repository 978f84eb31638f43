import { numberProblem, OUTSIDE } from "../../label/image-objects/coordinates.js";
import { validateRegions } from "../../label/region-values.js";

/**
 * What the server's `clean` says of boxes, as far as a browser can know.
 *
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Media} Media
 */

/**
 * @param {import('../../label/types.js').Json} value
 * @param {Field} field
 * @param {Media | null} media
 * @returns {Problem[]} paths below the value: `[3].box[2]`
 */
export function validate(value, field, media) {
  return validateRegions(value, field, ["box"], (region, path) =>
    boxProblems(region.box, field, media, `${path}.box`),
  );
}

/**
 * @param {unknown} box
 * @param {Field} field
 * @param {Media | null} media
 * @param {string} path
 * @returns {Problem[]}
 */
function boxProblems(box, field, media, path) {
  if (!Array.isArray(box) || box.length !== 4)
    return [{ path, message: "must be a list of 4 numbers: x, y, width, height" }];
  const wrong = box.flatMap((value, index) => {
    const message = numberProblem(value);
    return message ? [{ path: `${path}[${index}]`, message }] : [];
  });
  if (wrong.length) return wrong;
  const [x, y, width, height] = /** @type {[number, number, number, number]} */ (box);
  const empty = [
    [2, width],
    [3, height],
  ].filter(([, size]) => Number(size) <= 0);
  if (empty.length) return empty.map(([index]) => ({ path: `${path}[${index}]`, message: "must be > 0" }));
  const image = media?.kind === "image" ? media : null;
  const outside = image
    ? (axisProblems(x, width, image.width, path, 0, "wide") ??
      axisProblems(y, height, image.height, path, 1, "high"))
    : null;
  return outside
    ? [outside]
    : sizeProblems(cut(x, width, image?.width), cut(y, height, image?.height), field, path);
}

/**
 * @param {number} start
 * @param {number} size
 * @param {number} limit
 * @param {string} path
 * @param {0 | 1} axis
 * @param {string} extent
 * @returns {Problem | null}
 */
function axisProblems(start, size, limit, path, axis, extent) {
  if (start < -OUTSIDE) return { path: `${path}[${axis}]`, message: "must be >= 0" };
  if (start + size <= limit + OUTSIDE) return null;
  return { path: `${path}[${axis + 2}]`, message: `reaches beyond the image (${limit} px ${extent})` };
}

/**
 * The size that remains inside the image.
 *
 * @param {number} start
 * @param {number} size
 * @param {number} [limit]
 */
function cut(start, size, limit = Infinity) {
  return Math.min(start + size, limit) - Math.max(start, limit === Infinity ? start : 0);
}

/**
 * @param {number} width
 * @param {number} height
 * @param {Field} field
 * @param {string} path
 * @returns {Problem[]}
 */
function sizeProblems(width, height, field, path) {
  const least = field.min_size ?? 0;
  return [
    [2, width],
    [3, height],
  ].flatMap(([index, size]) => {
    // Cutting loses the last bit: a box that was as large as allowed still is.
    if (Number(size) <= 0) return [{ path: `${path}[${index}]`, message: "must be > 0" }];
    return Number(size) < least - 1e-9 ? [{ path: `${path}[${index}]`, message: `must be >= ${least}` }] : [];
  });
}
