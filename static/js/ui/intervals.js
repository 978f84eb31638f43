import { Scope } from "../core/scope.js";
import { svg } from "./icon.js";
import { placeOf, readData, shorten, ticks } from "./plot-data.js";

/** @typedef {import('./plot-data.js').IntervalData} IntervalData */

const ROW = 26;
const FOOT = 34;
const SMALL_SAMPLE = 20;

/** `<ts-interval-plot data-source="id">`: one row each, a dot with its interval; small samples hollow and gray. */
export class IntervalPlot extends HTMLElement {
  #scope = new Scope();

  connectedCallback() {
    this.#scope = new Scope();
    /** @type {IntervalData | null} */
    const data = readData(this);
    if (!data) return;
    this.#scope.resize(
      this,
      this.#scope.frame(() => this.replaceChildren(draw(data, Math.max(this.clientWidth, 300)))),
    );
  }

  disconnectedCallback() {
    this.#scope.dispose();
  }
}

/**
 * @param {IntervalData} data
 * @param {number} width
 */
function draw(data, width) {
  const left = Math.min(180, width * 0.34);
  const right = width - 44;
  const height = data.rows.length * ROW + FOOT;
  const at = (/** @type {number} */ value) => left + placeOf(value, data) * (right - left);
  const root = svg("svg", {
    class: "chart",
    width,
    height,
    role: "group",
    "aria-label": `${data.title}. The numbers are in the table below.`,
  });
  for (const tick of ticks(data.min, data.max)) {
    root.append(
      svg("line", { class: "grid", x1: at(tick), x2: at(tick), y1: 0, y2: height - FOOT }),
      svg("text", { class: "axis", x: at(tick), y: height - FOOT + 14, "text-anchor": "middle" }, [
        String(tick),
      ]),
    );
  }
  if (typeof data.reference === "number") {
    root.append(
      svg("line", {
        class: "reference",
        x1: at(data.reference),
        x2: at(data.reference),
        y1: 0,
        y2: height - FOOT,
      }),
    );
  }
  root.append(
    svg("text", { class: "axis", x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, [
      data.label,
    ]),
  );
  root.append(...data.rows.map((row, index) => drawRow(row, (index + 0.5) * ROW, left, at)));
  return root;
}

/**
 * @param {IntervalData['rows'][number]} row
 * @param {number} y
 * @param {number} left
 * @param {(value: number) => number} at
 */
function drawRow(row, y, left, at) {
  const name = svg("text", { x: left - 10, y, "text-anchor": "end", "dominant-baseline": "central" }, [
    shorten(row.name, Math.floor(left / 7.2)),
  ]);
  const marks = row.value === null ? [] : mark(row, y, at);
  const number = svg("text", { x: "100%", y, "text-anchor": "end", "dominant-baseline": "central" }, [
    row.value === null ? "–" : row.value.toFixed(2),
  ]);
  const small = typeof row.n === "number" && row.n < SMALL_SAMPLE;
  const attributes = { class: small ? "small-sample" : "", ...(row.url ? { href: row.url } : {}) };
  return svg(row.url ? "a" : "g", attributes, [svg("title", {}, [describe(row)]), name, ...marks, number]);
}

/**
 * @param {IntervalData['rows'][number]} row
 * @param {number} y
 * @param {(value: number) => number} at
 * @returns {SVGElement[]}
 */
function mark({ value, lo, hi }, y, at) {
  const dot = svg("circle", { class: "at", cx: at(value ?? 0), cy: y, r: 4 });
  if (lo === null || hi === null) return [dot];
  return [svg("line", { class: "range", x1: at(lo), x2: at(hi), y1: y, y2: y }), dot];
}

/** @param {IntervalData['rows'][number]} row */
function describe({ name, value, lo, hi, n }) {
  if (value === null) return `${name}: not defined yet`;
  const range = lo === null || hi === null ? "" : ` (${lo.toFixed(2)} to ${hi.toFixed(2)})`;
  return `${name}: ${value.toFixed(2)}${range}${typeof n === "number" ? `, n = ${n}` : ""}`;
}

export function startIntervalPlot() {
  customElements.define("ts-interval-plot", IntervalPlot);
}
