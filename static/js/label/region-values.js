import { grouped } from "../core/numbers.js";
import { loadedType } from "./modules.js";
import { visibleFields } from "./ontology.js";

/**
 * @typedef {import('./types.js').Json} Json
 * @typedef {import('./types.js').Field} Field
 * @typedef {import('./types.js').Problem} Problem
 */

const MAX_REGIONS = 10_000;
const MAX_ID = 200;

/**
 * What every list of regions must keep; the type adds its geometry.
 * @param {Json} value
 * @param {Field} field
 * @param {readonly string[]} keys the keys of the geometry
 * @param {(region: {[key: string]: Json}, path: string) => Problem[]} geometry
 * @returns {Problem[]}
 */
export function validateRegions(value, field, keys, geometry) {
  if (!Array.isArray(value)) return [{ path: "", message: "must be a list" }];
  if (value.length > MAX_REGIONS) {
    return [{ path: "", message: `has ${grouped(value.length)} entries, at most 10,000 are allowed` }];
  }
  const problems = value.flatMap((region, index) =>
    validateRegion(region, field, keys, geometry, `[${index}]`),
  );
  const most = field.max_count;
  if (typeof most === "number" && value.length > most) {
    problems.push({
      path: "",
      message: `has ${grouped(value.length)} regions, at most ${grouped(most)} are allowed`,
    });
  }
  return [...problems, ...repeatedIds(value, field)];
}

/**
 * @param {Json} region
 * @param {Field} field
 * @param {readonly string[]} keys
 * @param {(region: {[key: string]: Json}, path: string) => Problem[]} geometry
 * @param {string} path
 * @returns {Problem[]}
 */
function validateRegion(region, field, keys, geometry, path) {
  if (typeof region !== "object" || region === null || Array.isArray(region))
    return [{ path, message: "must be an object" }];
  const known = ["id", "class", "attributes", ...keys];
  const unknown = Object.keys(region).filter((key) => !known.includes(key));
  const item = (field.classes ?? []).find((one) => one.name === region.class);
  /** @type {Problem[]} */
  const problems = unknown.map((key) => ({ path: `${path}.${key}`, message: "unknown key" }));
  const id = idProblem(region.id);
  if (id) problems.push({ path: `${path}.id`, message: id });
  if (typeof region.class !== "string")
    problems.push({ path: `${path}.class`, message: "must be the name of a class" });
  else if (!item) {
    const name = Array.from(region.class).slice(0, 100).join("");
    problems.push({ path: `${path}.class`, message: `"${name}" is not a class` });
  }
  problems.push(...geometry(region, path));
  if (item)
    problems.push(...validateAttributes(region.attributes, item.attributes ?? [], `${path}.attributes`));
  return problems;
}

/**
 * @param {Json | undefined} id
 * @returns {string | null}
 */
function idProblem(id) {
  if (typeof id !== "string") return "must be a string";
  const { length } = Array.from(id);
  if (length > MAX_ID) return `has ${grouped(length)} characters, at most ${MAX_ID} are allowed`;
  return id.trim() === "" ? "must not be empty" : null;
}

/**
 * @param {Json | undefined} given
 * @param {Field[]} fields
 * @param {string} path
 * @returns {Problem[]}
 */
function validateAttributes(given = {}, fields, path) {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return [{ path, message: "must be an object" }];
  const asked = visibleFields({ media: [], fields }, given);
  const unknown = Object.keys(given).filter((name) => !fields.some((field) => field.name === name));
  return [
    ...unknown.map((name) => ({ path: `${path}.${name}`, message: "is not a field" })),
    ...fields.flatMap((field) =>
      validateAttribute(given[field.name], field, asked.has(field.name), `${path}.${field.name}`),
    ),
  ];
}

/**
 * @param {Json | undefined} value
 * @param {Field} field
 * @param {boolean} asked
 * @param {string} path
 * @returns {Problem[]}
 */
function validateAttribute(value, field, asked, path) {
  if (value === undefined) return asked && field.required ? [{ path, message: "is required" }] : [];
  if (!asked) {
    const condition = Object.entries(field.show_if ?? {})
      .map(([name, names]) => `${name} is ${names.join(" or ")}`)
      .join(" and ");
    return [{ path, message: `must be absent: it is asked only if ${condition}` }];
  }
  const problems = loadedType(field.type)?.validate(value, field, null) ?? [];
  return problems.map((problem) => ({ path: path + problem.path, message: problem.message }));
}

/**
 * @param {Json[]} regions
 * @param {Field} field
 * @returns {Problem[]}
 */
function repeatedIds(regions, field) {
  /** @type {Map<Json, number>} */
  const first = new Map();
  return regions.flatMap((region, index) => {
    const id = /** @type {any} */ (region)?.id;
    if (typeof id !== "string" || id.trim() === "") return [];
    const before = first.get(id);
    if (before === undefined) first.set(id, index);
    return before === undefined
      ? []
      : [{ path: `[${index}].id`, message: `"${id}" is already used by ${field.name}[${before}]` }];
  });
}

/**
 * Regions as they are sent: attributes that their class or `show_if` does not ask for left out, as the empty ones.
 * @param {Json} value
 * @param {Field} field
 * @returns {Json}
 */
export function canonicalRegions(value, field) {
  const byName = new Map((field.classes ?? []).map((item) => [item.name, item.attributes ?? []]));
  return /** @type {any[]} */ (value).map((region) => {
    const { attributes = {}, ...rest } = region;
    const asked = visibleFields({ media: [], fields: byName.get(region.class) ?? [] }, attributes);
    const kept = [...asked]
      .filter((name) => attributes[name] !== undefined)
      .map((name) => [name, attributes[name]]);
    return kept.length ? { ...rest, attributes: Object.fromEntries(kept) } : rest;
  });
}

/**
 * Whether two answers mark different things; ids do not count, nor does the order.
 * @param {Json | undefined} a
 * @param {Json | undefined} b
 * @returns {boolean}
 */
export function regionsDiffer(a, b) {
  const plain = (/** @type {Json | undefined} */ value) =>
    /** @type {any[]} */ (value ?? [])
      .map(({ id: _id, ...rest }) => JSON.stringify(rest))
      .sort()
      .join();
  return (a === undefined) !== (b === undefined) || plain(a) !== plain(b);
}
