import { svg } from "./icon.js";
import { readData, shortenApart } from "./plot-data.js";

/** @typedef {import('./plot-data.js').MatrixData} MatrixData */

const LABEL = 120;
const HEAD = 76;
const TAIL = 48; // the slanted name of the last column reaches so far beyond it
const STRONG = 55;

/** `<ts-matrix-plot data-source="id">`: a confusion matrix; shade is the share of the row, cells lead to their tasks. */
export class MatrixPlot extends HTMLElement {
  connectedCallback() {
    /** @type {MatrixData | null} */
    const data = readData(this);
    if (data) this.replaceChildren(draw(data, this.clientWidth || Number.POSITIVE_INFINITY));
  }
}

/**
 * Width of a cell: fewer columns, wider cells; as narrow as the page asks for, while a count still fits.
 * @param {number} columns
 * @param {number} room
 */
function cellWidth(columns, room) {
  const wanted = Math.max(32, Math.min(64, 480 / Math.max(columns, 1)));
  return Math.max(32, Math.min(wanted, Math.floor((room - LABEL - TAIL) / Math.max(columns, 1))));
}

/** @param {MatrixData} data @param {number} room */
function draw(data, room) {
  const size = { width: cellWidth(data.columns.length, room), height: 30 };
  const width = LABEL + data.columns.length * size.width + TAIL;
  const height = HEAD + data.rows.length * size.height + 4;
  const root = svg("svg", {
    class: "chart",
    width,
    height,
    role: "group",
    "aria-label": `${data.title}. The numbers are in the table below.`,
  });
  root.append(text(0, 12, `${data.row_label} ↓   ${data.column_label} →`, "axis"));
  for (const [index, short] of shortenApart(data.columns, 11).entries())
    root.append(columnName(data.columns[index] ?? "", short, LABEL + (index + 0.5) * size.width));
  const rowNames = shortenApart(data.rows, 17);
  for (const [row, counts] of data.cells.entries()) {
    const y = HEAD + row * size.height;
    root.append(rowName(data.rows[row] ?? "", rowNames[row] ?? "", y + size.height / 2));
    for (const column of counts.keys())
      root.append(cell(data, row, column, { x: LABEL + column * size.width, y, ...size }));
  }
  return root;
}

/**
 * @param {MatrixData} data
 * @param {number} row
 * @param {number} column
 * @param {{x: number, y: number, width: number, height: number}} box
 * @returns {SVGElement}
 */
function cell(data, row, column, { x, y, width, height }) {
  const counts = data.cells[row] ?? [];
  const count = counts[column] ?? 0;
  const share =
    (100 * count) /
    Math.max(
      counts.reduce((sum, each) => sum + each, 0),
      1,
    );
  const rect = svg("rect", {
    class: "cell",
    x: x + 0.5,
    y: y + 0.5,
    width: width - 2,
    height: height - 2,
    rx: 3,
  });
  rect.style.setProperty("--share", String(Math.round(share)));
  const words = `${data.row_label} ${data.rows[row]}, ${data.column_label} ${data.columns[column]}: ${count} (${share.toFixed(0)} %)`;
  const label = text(
    x + width / 2,
    y + height / 2,
    count ? count.toLocaleString() : "·",
    count ? "" : "axis",
    "middle",
  );
  const link = data.links?.[row]?.[column];
  const right = data.rows[row] === data.columns[column] ? "right" : "";
  const attributes = { class: `${right} ${share > STRONG ? "strong" : ""}`.trim(), "aria-label": words };
  return svg(link ? "a" : "g", link ? { ...attributes, href: link } : { ...attributes, role: "img" }, [
    svg("title", {}, [words]),
    rect,
    label,
  ]);
}

/** @param {string} name @param {string} short @param {number} x */
function columnName(name, short, x) {
  const label = text(0, 0, short, "");
  label.setAttribute("transform", `translate(${x - 4} ${HEAD - 8}) rotate(-38)`);
  label.append(svg("title", {}, [name]));
  return label;
}

/** @param {string} name @param {string} short @param {number} y */
function rowName(name, short, y) {
  const label = text(LABEL - 8, y, short, "", "end");
  label.append(svg("title", {}, [name]));
  return label;
}

/**
 * @param {number} x
 * @param {number} y the middle
 * @param {string} content
 * @param {string} name class
 * @param {string} [anchor]
 */
function text(x, y, content, name, anchor = "start") {
  return svg("text", { x, y, class: name, "text-anchor": anchor, "dominant-baseline": "central" }, [content]);
}

export function startMatrixPlot() {
  customElements.define("ts-matrix-plot", MatrixPlot);
}
