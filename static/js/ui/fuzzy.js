/** @typedef {{score: number, at: number[]}} Match the higher the better; `at` are the places of the letters found */

/**
 * Letters of the query in their order, anywhere in the text; starts of words and runs of letters count more.
 * @param {string} query
 * @param {string} text
 * @returns {Match | null} null when a letter is missing
 */
export function fuzzy(query, text) {
  const wanted = plain(query).replaceAll(' ', '');
  const letters = plain(text);
  if (!wanted) return { score: 0, at: [] };
  const whole = letters.indexOf(plain(query).trim());
  if (whole >= 0) return { score: 100 + (startsWord(letters, whole) ? 20 : 0) - whole * 0.1 - letters.length * 0.01, at: range(whole, plain(query).trim().length) };
  return walk(wanted, letters);
}

/**
 * @param {string} wanted
 * @param {string} letters
 * @returns {Match | null}
 */
function walk(wanted, letters) {
  const at = [];
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    const next = nextPlace(letters, letter, from);
    if (next < 0) return null;
    if (startsWord(letters, next)) score += 5;
    if (at.at(-1) === next - 1) score += 4;
    score -= (next - from) * 0.2;
    at.push(next);
    from = next + 1;
  }
  return { score: score - letters.length * 0.01, at };
}

/**
 * The next place of a letter, at the start of a word if there is one.
 * @param {string} letters
 * @param {string} letter
 * @param {number} from
 */
function nextPlace(letters, letter, from) {
  if (letters[from] === letter) return from;
  for (let place = letters.indexOf(letter, from); place >= 0; place = letters.indexOf(letter, place + 1)) {
    if (startsWord(letters, place)) return place;
  }
  return letters.indexOf(letter, from);
}

/** @param {string} letters @param {number} place */
function startsWord(letters, place) {
  return place === 0 || /[\s\-_/.:·]/.test(letters[place - 1] ?? '');
}

/** @param {number} start @param {number} length */
function range(start, length) {
  return Array.from({ length }, (_, index) => start + index);
}

/**
 * Lower case without accents, letter by letter, so that places in it are places in the text.
 * @param {string} text
 */
function plain(text) {
  return [...text].map((sign) => sign.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase().padEnd(sign.length).slice(0, sign.length)).join('');
}

/**
 * @template Item
 * @param {string} query
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} textOf
 * @param {number} [limit]
 * @returns {{item: Item, at: number[]}[]} the best first; in their own order without a query
 */
export function rank(query, items, textOf, limit = 50) {
  const found = [];
  for (const item of items) {
    const match = fuzzy(query, textOf(item));
    if (match) found.push({ item, ...match });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, limit);
}
