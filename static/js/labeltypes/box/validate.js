import { grouped } from "../../core/numbers.js";
import { asked } from "../../label/image-objects/asked.js";

/**
 * What the server's `clean` says of boxes, as far as a browser can know.
 *
 * @typedef {import('../../label/types.js').Problem} Problem
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Media} Media
 */

const MAX_REGIONS = 10_000;
const MAX_ID = 200;
const MAX_NUMBER = Number.MAX_SAFE_INTEGER;
/** Pixels a box may stick out, as on the server. */
const OUTSIDE = 0.5;

/**
 * @param {unknown} value
 * @param {Field} field
 * @param {Media | null} media
 * @returns {Problem[]} paths below the value: `[3].box[2]`
 */
export function validate(value, field, media) {
  if (!Array.isArray(value)) return [{ path: "", message: "must be a list" }];
  const count = grouped(value.length);
  if (value.length > MAX_REGIONS)
    return [{ path: "", message: `has ${count} entries, at most 10,000 are allowed` }];
  const problems = value.flatMap((region, index) => regionProblems(region, field, media, `[${index}]`));
  const most = field.max_count;
  if (typeof most === "number" && value.length > most) {
    problems.push({
      path: "",
      message: `has ${count} regions, at most ${grouped(most)} are allowed`,
    });
  }
  return [...problems, ...repeatedIds(value, field.name)];
}

/**
 * @param {unknown} region
 * @param {Field} field
 * @param {Media | null} media
 * @param {string} path
 * @returns {Problem[]}
 */
function regionProblems(region, field, media, path) {
  if (typeof region !== "object" || region === null || Array.isArray(region))
    return [{ path, message: "must be an object" }];
  const { id, class: name, box, attributes, ...unknown } = /** @type {Record<string, unknown>} */ (region);
  return [
    ...Object.keys(unknown).map((key) => ({ path: `${path}.${key}`, message: "unknown key" })),
    ...idProblems(id, `${path}.id`),
    ...classProblems(name, field, `${path}.class`),
    ...boxProblems(box, field, media, `${path}.box`),
    ...attributeProblems(attributes, String(name), field, `${path}.attributes`),
  ];
}

/**
 * @param {unknown} id
 * @param {string} path
 */
function idProblems(id, path) {
  if (typeof id !== "string") return [{ path, message: "must be a string" }];
  const { length } = Array.from(id);
  if (length > MAX_ID)
    return [{ path, message: `has ${grouped(length)} characters, at most ${MAX_ID} are allowed` }];
  return id.trim() === "" ? [{ path, message: "must not be empty" }] : [];
}

/**
 * @param {unknown} name
 * @param {Field} field
 * @param {string} path
 */
function classProblems(name, field, path) {
  if (typeof name !== "string") return [{ path, message: "must be the name of a class" }];
  if (field.classes?.some((item) => item.name === name)) return [];
  return [{ path, message: `"${Array.from(name).slice(0, 100).join("")}" is not a class` }];
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
  const wrong = box.flatMap((value, index) => numberProblems(value, `${path}[${index}]`));
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
 * @param {unknown} value
 * @param {string} path
 */
function numberProblems(value, path) {
  if (typeof value !== "number") return [{ path, message: "must be a number" }];
  if (!Number.isFinite(value)) return [{ path, message: "must be a finite number" }];
  return Math.abs(value) > MAX_NUMBER
    ? [{ path, message: `must be between -${MAX_NUMBER} and ${MAX_NUMBER}` }]
    : [];
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

/**
 * @param {unknown} attributes
 * @param {string} name of the class
 * @param {Field} field
 * @param {string} path
 * @returns {Problem[]}
 */
function attributeProblems(attributes, name, field, path) {
  const fields = field.classes?.find((item) => item.name === name)?.attributes ?? [];
  if (
    attributes !== undefined &&
    (typeof attributes !== "object" || attributes === null || Array.isArray(attributes))
  ) {
    return [{ path, message: "must be an object" }];
  }
  const given = /** @type {Record<string, unknown>} */ (attributes ?? {});
  const unknown = Object.keys(given).filter((key) => !fields.some((one) => one.name === key));
  const missing = fields.filter((one) => one.required && !(one.name in given) && asked(one, given));
  return [
    ...unknown.map((key) => ({ path: `${path}.${key}`, message: "unknown field" })),
    ...missing.map((one) => ({ path: `${path}.${one.name}`, message: "is required" })),
    ...fields
      .filter((one) => one.name in given)
      .flatMap((one) => optionProblems(given[one.name], one, `${path}.${one.name}`)),
  ];
}

/**
 * Choices are checked here; other attributes when their own panel writes them, and by the server.
 *
 * @param {unknown} value
 * @param {Field} field
 * @param {string} path
 * @returns {Problem[]}
 */
function optionProblems(value, field, path) {
  if (field.type !== "choice") return [];
  if (field.multiple && !Array.isArray(value)) return [{ path, message: "must be a list" }];
  return [value].flat().flatMap((name, index) => {
    if (field.options?.some((option) => option.name === name)) return [];
    const message = typeof name === "string" ? `"${name}" is not an option` : "must be the name of an option";
    return [{ path: field.multiple ? `${path}[${index}]` : path, message }];
  });
}

/**
 * @param {unknown[]} regions
 * @param {string} name
 * @returns {Problem[]}
 */
function repeatedIds(regions, name) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return regions.flatMap((region, index) => {
    const id = /** @type {{id?: unknown} | null} */ (region)?.id;
    if (typeof id !== "string") return [];
    const first = seen.get(id);
    if (first === undefined) seen.set(id, index);
    return first === undefined
      ? []
      : [{ path: `[${index}].id`, message: `"${id}" is already used by ${name}[${first}]` }];
  });
}
