import { scope } from "../ui/page.js";

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * The next cell with a link in this direction: empty ones, where people meet themselves, are stepped over.
 * @param {HTMLTableCellElement} cell
 * @param {[number, number]} step
 * @returns {HTMLAnchorElement | null}
 */
function next(cell, [down, right]) {
  const rows = cell.closest("tbody")?.rows;
  let row = /** @type {HTMLTableRowElement} */ (cell.parentElement).sectionRowIndex + down;
  let column = cell.cellIndex + right;
  for (let at = rows?.[row]?.cells[column]; at; at = rows?.[row]?.cells[column]) {
    const link = at.querySelector("a");
    if (link) return link;
    row += down;
    column += right;
  }
  return null;
}

/** One cell of the matrix is on the way of the Tab key; arrow keys go from there to the others. */
function startMatrix() {
  const table = document.querySelector("#matrix table");
  const links = [...(table?.querySelectorAll("a") ?? [])];
  for (const link of links.slice(1)) link.tabIndex = -1;
  if (!table) return;
  scope.listen(table, "keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td");
    const link = step && cell && next(cell, step);
    if (!link) return;
    event.preventDefault();
    for (const each of links) each.tabIndex = each === link ? 0 : -1;
    link.focus();
  });
}

startMatrix();
