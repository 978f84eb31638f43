/**
 * Words and characters as people see them, in UTF-16 offsets. Looks only at the neighborhood, so that it costs the
 * same in a text of any length.
 */

const REACH = 200;

// Made when they are first used: making both takes a browser 15 ms, which every labeling page would wait for.
const words = once("word");
const graphemes = once("grapheme");

/**
 * @param {"word" | "grapheme"} granularity
 * @returns {() => Intl.Segmenter}
 */
function once(granularity) {
  /** @type {Intl.Segmenter | undefined} */
  let made;
  return () => (made ??= new Intl.Segmenter(undefined, { granularity }));
}

/** @typedef {{start: number, end: number}} TextRange half-open, UTF-16 */

/**
 * @param {string} text
 * @param {number} offset
 * @returns {number} after the character that begins here
 */
export function nextCharacter(text, offset) {
  const [first] = graphemes().segment(text.slice(offset, offset + REACH));
  return first ? offset + first.segment.length : text.length;
}

/**
 * @param {string} text
 * @param {number} offset
 * @returns {number} before the character that ends here
 */
export function previousCharacter(text, offset) {
  const from = Math.max(0, offset - REACH);
  const last = [...graphemes().segment(text.slice(from, offset))].at(-1);
  return last ? from + last.index : 0;
}

/**
 * @param {string} text
 * @param {number} offset
 * @returns {number} the end of the word here or of the next one
 */
export function nextWord(text, offset) {
  for (let from = offset; from < text.length; from += REACH) {
    const word = wordsAround(text, from, from + REACH).find(({ end }) => end > offset);
    if (word) return word.end;
  }
  return text.length;
}

/**
 * @param {string} text
 * @param {number} offset
 * @returns {number} the start of the word here or of the one before
 */
export function previousWord(text, offset) {
  for (let from = offset; from > 0; from -= REACH) {
    const word = wordsAround(text, from - REACH, from).findLast(({ start }) => start < offset);
    if (word) return word.start;
  }
  return 0;
}

/**
 * @param {string} text
 * @param {TextRange} range
 * @returns {TextRange} without white space at its ends; as it was if there is nothing else in it
 */
export function trimRange(text, { start, end }) {
  const inside = text.slice(start, end);
  const trimmed = inside.trim();
  if (trimmed === "") return { start, end };
  const first = start + inside.indexOf(trimmed);
  return { start: first, end: first + trimmed.length };
}

/**
 * Whole words: each end grows over the word it cuts and shrinks over what is no word.
 * @param {string} text
 * @param {TextRange} range
 * @returns {TextRange} as it was, trimmed, if there is no word in it
 */
export function snapToWords(text, { start, end }) {
  const first = wordsAround(text, start, start + REACH).find((word) => word.end > start);
  const last = wordsAround(text, end - REACH, end).findLast((word) => word.start < end);
  if (!first || !last || first.start >= end || last.end <= start) return trimRange(text, { start, end });
  return { start: first.start, end: last.end };
}

/**
 * Never cuts a character as people see it.
 * @param {string} text
 * @param {TextRange} range
 * @returns {TextRange}
 */
export function snapToCharacters(text, { start, end }) {
  const low = previousCharacter(text, start + 1);
  const high = previousCharacter(text, end + 1);
  return {
    start: nextCharacter(text, low) > start && low < start ? low : start,
    end: high < end && nextCharacter(text, high) > end ? nextCharacter(text, high) : end,
  };
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @returns {TextRange[]} the words that touch this part of the text, whole
 */
function wordsAround(text, from, to) {
  const low = wideOpen(text, Math.max(0, from), -1);
  const high = wideOpen(text, Math.min(text.length, to), 1);
  const segments = [...words().segment(text.slice(low, high))];
  return segments
    .filter((segment) => segment.isWordLike)
    .map(({ index, segment }) => ({ start: low + index, end: low + index + segment.length }));
}

/**
 * The nearest white space, or a good way off: a word must not be cut by where we look.
 * @param {string} text
 * @param {number} offset
 * @param {1 | -1} direction
 */
function wideOpen(text, offset, direction) {
  let place = offset;
  for (let step = 0; step < REACH; step += 1) {
    const outside = direction < 0 ? place - 1 : place;
    if (outside < 0 || outside >= text.length || /\s/.test(text.charAt(outside))) return place;
    place += direction;
  }
  return place;
}
