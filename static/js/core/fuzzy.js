/**
 * @typedef {{name: string, title: string}} Named
 */

/**
 * How well a query fits a title: every letter in order; starts of the title and of words weigh most.
 * @param {string} query folded by `fold`
 * @param {string} title folded by `fold`
 * @returns {number} 0: not at all
 */
export function fuzzyScore(query, title) {
  if (query === "") return 1;
  const place = title.indexOf(query);
  if (place === 0) return 1000 - Math.min(title.length, 400);
  if (place > 0) return (isStart(title, place) ? 600 : 400) - Math.min(place + title.length, 300) / 2;
  return scattered(query, title);
}

/**
 * @template {Named} Item
 * @param {string} query
 * @param {readonly Item[]} items
 * @returns {Item[]} those that fit, best first, equals in their own order
 */
export function fuzzyFilter(query, items) {
  const wanted = fold(query.trim());
  if (wanted === "") return [...items];
  return items
    .map((item) => ({
      item,
      score: Math.max(fuzzyScore(wanted, folded(item).title), fuzzyScore(wanted, folded(item).name) - 1),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

/** @type {WeakMap<Named, Named>} */
const cache = new WeakMap();

/** @param {Named} item */
function folded(item) {
  const known = cache.get(item) ?? { name: fold(item.name), title: fold(item.title) };
  cache.set(item, known);
  return known;
}

/**
 * Case and accents do not count.
 * @param {string} text
 */
export function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * @param {string} query
 * @param {string} title
 */
function scattered(query, title) {
  let at = -1;
  let score = 100;
  for (const letter of query) {
    const next = title.indexOf(letter, at + 1);
    if (next < 0) return 0;
    score += isStart(title, next) ? 20 : -Math.min(next - at, 10);
    at = next;
  }
  return Math.max(score, 1);
}

/**
 * @param {string} title
 * @param {number} place
 */
function isStart(title, place) {
  return place === 0 || /[\s\-_/.,(]/.test(title.charAt(place - 1));
}
