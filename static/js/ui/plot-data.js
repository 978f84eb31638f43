/**
 * @typedef {object} SeriesData
 * @property {string} title
 * @property {{label: string, values: (number | string)[], time?: boolean}} x numbers; with `time` ISO dates or seconds
 * @property {{label: string, min?: number, max?: number}} y
 * @property {{label: string, values: (number | null)[], lo?: (number | null)[], hi?: (number | null)[]}[]} series
 *
 * @typedef {object} MatrixData
 * @property {string} title
 * @property {string} row_label
 * @property {string} column_label
 * @property {string[]} rows
 * @property {string[]} columns
 * @property {number[][]} cells
 * @property {string[][]} [links] an empty string: no link
 *
 * @typedef {object} IntervalData
 * @property {string} title
 * @property {string} label
 * @property {number} min
 * @property {number} max
 * @property {number | null} [reference]
 * @property {{name: string, value: number | null, lo: number | null, hi: number | null, n?: number | null, url?: string}[]} rows
 */

/**
 * The JSON block that a plot names by `data-source`.
 * @template Data
 * @param {HTMLElement} element
 * @returns {Data | null}
 */
export function readData(element) {
  const text = document.getElementById(element.dataset.source ?? "")?.textContent;
  return text ? JSON.parse(text) : null;
}

/**
 * Round numbers from min to max for an axis.
 * @param {number} min
 * @param {number} max
 * @param {number} [count] about how many
 * @returns {number[]}
 */
export function ticks(min, max, count = 5) {
  if (!(max > min)) return [min];
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/**
 * Where on an axis a value is drawn. Alpha may lie below -1: at the end of the axis then, not on the name beside it.
 * @param {number} value
 * @param {{min: number, max: number}} axis
 * @returns {number} from 0 to 1
 */
export function placeOf(value, { min, max }) {
  return Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
}

/**
 * @param {readonly string[]} names
 * @param {number} length
 * @returns {string[]} shortened at the end; in the middle where that would make two of them the same
 */
export function shortenApart(names, length) {
  const ends = names.map((name) => shorten(name, length));
  const tail = Math.floor((length - 1) / 2);
  return ends.map((end, at) => {
    const signs = [...(names[at] ?? "")];
    if (signs.length <= length || ends.filter((each) => each === end).length === 1) return end;
    return `${signs.slice(0, length - 1 - tail).join("")}…${signs.slice(-tail).join("")}`;
  });
}

/**
 * @param {string} text
 * @param {number} length
 * @returns {string} with an ellipsis when longer
 */
export function shorten(text, length) {
  const signs = [...text];
  return signs.length > length ? `${signs.slice(0, length - 1).join("")}…` : text;
}
