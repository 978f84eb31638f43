/**
 * Regions with a start and an end: which may lie over which, in texts and in time. As labeltypes/ranges.py.
 *
 * @typedef {import('./types.js').Problem} Problem
 * @typedef {'never' | 'classes' | 'always'} Overlap `classes`: ranges of different classes may overlap
 * @typedef {import('./types.js').Region & {start: number, end: number}} Range half-open
 */

/**
 * @param {{start: number, end: number}} a
 * @param {{start: number, end: number}} b
 */
export function overlap(a, b) {
  return a.start < b.end && b.start < a.end;
}

/**
 * No range twice with one class, and none over another that it must not.
 * @param {Range[]} ranges
 * @param {string} name of the field
 * @param {Overlap} allowed
 * @returns {Problem[]}
 */
export function rangeProblems(ranges, name, allowed) {
  const order = ranges
    .map((range, index) => ({ ...range, index }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
  /** @type {Map<string, number>} */
  const seen = new Map();
  /** @type {Map<string, [number, number]>} where the widest so far ends, and which it is */
  const widest = new Map();
  /** @type {Problem[]} */
  const problems = [];
  for (const { start, end, class: className, index } of order) {
    const key = `${start} ${end} ${className}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    const among = allowed === "classes" ? className : "";
    const [reach, other] = widest.get(among) ?? [0, -1];
    if (first !== undefined) {
      problems.push({ path: `[${index}]`, message: `repeats ${name}[${first}]` });
    } else if (start < reach && allowed !== "always") {
      problems.push({
        path: `[${Math.max(index, other)}]`,
        message: `overlaps ${name}[${Math.min(index, other)}]`,
      });
    }
    if (end > reach) widest.set(among, [end, index]);
  }
  return problems;
}

/**
 * The range that another one must not be beside: over it, or the same.
 * @template {Range} R
 * @param {readonly R[]} ranges
 * @param {Range} wanted not itself, which has its id
 * @param {Overlap} allowed
 * @returns {{hit: R, twin: boolean} | null}
 */
export function clash(ranges, wanted, allowed) {
  for (const hit of ranges) {
    const same = hit.class === wanted.class;
    const twin = same && hit.start === wanted.start && hit.end === wanted.end;
    const refused =
      twin || ((allowed === "never" || (allowed === "classes" && same)) && overlap(hit, wanted));
    if (refused && hit.id !== wanted.id) return { hit, twin };
  }
  return null;
}
