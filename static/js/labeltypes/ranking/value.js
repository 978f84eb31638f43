import { validateName } from "../choice/value.js";

/**
 * @typedef {import('../../label/types.js').Json} Json
 * @typedef {import('../../label/types.js').Field} Field
 * @typedef {import('../../label/types.js').Problem} Problem
 */

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {Problem[]}
 */
export function validate(value, field) {
  if (!Array.isArray(value)) return [{ path: "", message: "must be a list" }];
  const problems = value.flatMap((name, index) => {
    const path = `[${index}]`;
    const twice = value.indexOf(name) < index ? [{ path, message: `"${name}" is ranked twice` }] : [];
    return [...validateName(name, field, path), ...twice];
  });
  const missing = unranked(
    value.map((name) => String(name).normalize("NFC")),
    field,
  );
  if (problems.length === 0 && missing.length > 0)
    problems.push({ path: "", message: `rank all options; missing: ${missing.join(", ")}` });
  return problems;
}

/**
 * Best first. Each title keeps its own direction of writing.
 * @param {Json} value
 * @param {Field} field
 * @returns {string}
 */
export function summarize(value, field) {
  return (
    steps(value, field)
      .map((title) => `\u2068${title}\u2069`)
      .join(" > ") || "nothing"
  );
}

/**
 * @param {Json} value
 * @param {Field} field
 * @returns {string[]} titles, best first
 */
export function steps(value, field) {
  const titles = new Map((field.options ?? []).map((option) => [option.name, option.title]));
  const names = Array.isArray(value) ? value.map(String) : [String(value)];
  return names.map((name) => titles.get(name) ?? name);
}

/**
 * @param {Json | undefined} value
 * @param {Field} field
 * @returns {string[]} the options that have a place, best first
 */
export function ranked(value, field) {
  const known = new Set((field.options ?? []).map((option) => option.name));
  return Array.isArray(value) ? value.map(String).filter((name) => known.has(name)) : [];
}

/**
 * @param {readonly string[]} order
 * @param {Field} field
 * @returns {string[]} the others, in the order of the ontology
 */
export function unranked(order, field) {
  return (field.options ?? []).map((option) => option.name).filter((name) => !order.includes(name));
}

/**
 * The order after an option was put somewhere else.
 * @param {readonly string[]} order
 * @param {string} name
 * @param {number | null} place 0-based among the others; null: taken out
 * @returns {string[]}
 */
export function put(order, name, place) {
  const others = order.filter((other) => other !== name);
  return place === null ? others : others.toSpliced(place, 0, name);
}

/**
 * What an order says as an answer. When one more was ranked and a single one is left, that is the last.
 * @param {readonly string[]} order
 * @param {readonly string[]} before
 * @param {Field} field
 * @returns {string[] | undefined} undefined: no answer any more
 */
export function answerOf(order, before, field) {
  const left = unranked(order, field);
  if (order.length > before.length && left.length === 1) return [...order, ...left];
  return order.length ? [...order] : undefined;
}

/**
 * Where one step takes an option: the line between what is ranked and what is not is a step too.
 * @param {readonly string[]} order
 * @param {string} name
 * @param {number} by -1 up, 1 down
 * @param {Field} field
 * @returns {number | null} as `put` takes it
 */
export function stepped(order, name, by, field) {
  const here = order.indexOf(name);
  if (here < 0) return by < 0 ? order.length : null;
  const isLast = here === order.length - 1;
  if (by > 0 && isLast) return order.length < (field.options ?? []).length ? null : here;
  return Math.max(0, here + by);
}
