import { h } from "../core/dom.js";
import { scope } from "./page.js";

/**
 * @param {readonly (readonly string[])[]} rows
 * @returns {string} RFC 4180; cells that a spreadsheet would run as a formula get an apostrophe
 */
export function toCsv(rows) {
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** @param {string} text */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * What a cell says: without buttons and the explanations behind them, an estimate with its interval.
 * @param {HTMLTableCellElement} cell
 */
function textOf(cell) {
  const copy = /** @type {HTMLTableCellElement} */ (cell.cloneNode(true));
  for (const each of copy.querySelectorAll("[popover], button")) each.remove();
  for (const each of copy.querySelectorAll(".interval[title]"))
    each.querySelector(".visually-hidden")?.replaceChildren(` (${each.getAttribute("title")})`);
  return copy.textContent.trim().replace(/\s+/g, " ");
}

/** A button `data-csv="id"` downloads the first table in the element with that id. */
export function startCsv() {
  scope.listen(document, "click", (event) => {
    const name = event.target.closest("[data-csv]")?.dataset.csv;
    const table = name && document.getElementById(name)?.querySelector("table");
    if (!table) return;
    const rows = [...table.rows].map((row) => [...row.cells].map(textOf));
    const url = URL.createObjectURL(new Blob([toCsv(rows)], { type: "text/csv" }));
    h("a", { href: url, download: `${name}.csv` }).click();
    scope.timeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
