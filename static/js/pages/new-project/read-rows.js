/**
 * A look at the first rows of a file, before there is a project that could import it. The server reads it for real.
 *
 * @typedef {Record<string, unknown>} Row
 * @typedef {object} Look
 * @property {Row[]} rows data of the first items
 * @property {string[]} columns
 * @property {number | null} count items in all, estimated from the part that was read; null when that says nothing
 * @property {boolean} exact whether the count is one
 */

const HEAD = 512 * 1024;
const ROWS = 8;

/**
 * @param {File} file
 * @returns {Promise<Look>}
 * @throws {Error} with what to tell people
 */
export async function readRows(file) {
  const kind = /\.(csv|tsv|jsonl|ndjson|json)$/i.exec(file.name)?.[1]?.toLowerCase();
  const whole = file.size <= HEAD || kind === "json";
  if (kind === "json" && file.size > 20 * HEAD) return { rows: [], columns: [], count: null, exact: false };
  const text = (await (whole ? file : file.slice(0, HEAD)).text()).replace(/^\uFEFF/, "");
  const read = { csv: fromTable, tsv: fromTable, jsonl: fromLines, ndjson: fromLines, json: fromJson }[
    kind ?? ""
  ];
  if (!read) return { rows: [], columns: [], count: null, exact: false };
  const items = read(text, whole);
  const rows = items.slice(0, ROWS).map(dataOf);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const count = whole ? items.length : Math.round((items.length * file.size) / HEAD);
  return { rows, columns, count, exact: whole };
}

/**
 * Where the server would put the cells: `id` and `meta.…` are no data.
 * @param {Row} item
 * @returns {Row}
 */
function dataOf(item) {
  if (item.data && typeof item.data === "object" && !Array.isArray(item.data))
    return /** @type {Row} */ (item.data);
  const cells = Object.entries(item).filter(
    ([key]) => !/^(id|external_?id|meta\..+|gold\..+)$/i.test(key.trim()),
  );
  return Object.fromEntries(cells.map(([key, value]) => [key.trim().replace(/^data\./, ""), value]));
}

/**
 * @param {string} text
 * @param {boolean} whole
 * @returns {Row[]}
 */
function fromLines(text, whole) {
  const lines = text.split("\n");
  if (!whole) lines.pop();
  return lines.filter((line) => line.trim()).map((line, index) => object(line, `Line ${index + 1}`));
}

/**
 * @param {string} text
 * @returns {Row[]}
 */
function fromJson(text) {
  const found = parse(text, "The file");
  const items = Array.isArray(found) ? found : /** @type {any} */ (found)?.items;
  if (!Array.isArray(items)) throw new Error("The file holds no list of items.");
  return items.map((item) => (typeof item === "object" && item !== null ? item : { text: item }));
}

/**
 * @param {string} text
 * @param {boolean} whole
 * @returns {Row[]}
 */
function fromTable(text, whole) {
  const lines = splitTable(text);
  if (!whole) lines.pop();
  const [header, ...rows] = lines.filter((cells) => cells.some((cell) => cell !== ""));
  if (!header) throw new Error("The file is empty.");
  return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ""])));
}

/**
 * Cells of a table with quotes; the delimiter is the one that the first line has most of.
 * @param {string} text
 * @returns {string[][]}
 */
export function splitTable(text) {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  const counts = ["\t", ",", ";"].map((sign) => ({ sign, count: first.split(sign).length }));
  const delimiter = counts.reduce((best, next) => (next.count > best.count ? next : best)).sign;
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${delimiter}\r\n]*))(${delimiter}|\r?\n|\r|$)`, "gy");
  /** @type {string[][]} */
  const lines = [[]];
  for (const [all, quoted, plain, end] of text.matchAll(cell)) {
    if (all === "" && lines.at(-1)?.length === 0) break;
    lines.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== delimiter) lines.push([]);
  }
  return lines;
}

/**
 * @param {string} text
 * @param {string} where
 * @returns {Row}
 */
function object(text, where) {
  const value = parse(text, where);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${where} is no object.`);
  return /** @type {Row} */ (value);
}

/**
 * @param {string} text
 * @param {string} where
 * @returns {unknown}
 */
function parse(text, where) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} is not JSON: ${/** @type {Error} */ (error).message}`);
  }
}
