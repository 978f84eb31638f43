import { Scope } from "../core/scope.js";
import uPlot from "../vendor/uPlot.esm.js";
import { resolveColor } from "./colors.js";
import { readData } from "./plot-data.js";

/** @typedef {import('./plot-data.js').SeriesData} SeriesData */

const HEIGHT = 224;
const HEADROOM = 1.08;
const DAY = 86_400;
/** Days on a time axis at least: a first day of work alone is a point in its fortnight, not in three years. */
const FEWEST_DAYS = 14;
const COLORS = ["--accent", "--class-2", "--class-9", "--class-6", "--class-7", "--class-10"];
/** Never by color alone. */
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2], [10, 4]];

/** `<ts-series-plot data-source="id">`: lines over a common axis by uPlot, with bands for intervals. */
export class SeriesPlot extends HTMLElement {
  #scope = new Scope();
  /** @type {uPlot | null} */
  #plot = null;

  connectedCallback() {
    this.#scope = new Scope();
    this.#draw();
    this.#scope.resize(this, () => this.#plot?.setSize({ width: this.clientWidth, height: HEIGHT }));
    this.#scope.listen(document, "ts:theme", () => this.#draw());
    this.#scope.add(() => this.#plot?.destroy());
  }

  disconnectedCallback() {
    this.#scope.dispose();
  }

  #draw() {
    /** @type {SeriesData | null} */
    const data = readData(this);
    if (!data) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(options(data, this.clientWidth || 480, this), columns(data), this);
    const canvas = this.querySelector("canvas");
    canvas?.setAttribute("role", "img");
    canvas?.setAttribute(
      "aria-label",
      `${data.title}: ${data.series.map((line) => line.label).join(", ")} by ${data.x.label}. The numbers are in the table below.`,
    );
  }
}

/**
 * @param {SeriesData} data
 * @param {number} width
 * @param {Element} element
 * @returns {uPlot.Options}
 */
function options(data, width, element) {
  const muted = resolveColor("--text-muted", element);
  const line = resolveColor("--line", element);
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: muted,
    font,
    labelFont: font,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
    labelSize: 18,
  };
  return {
    width,
    height: HEIGHT,
    scales: {
      x: data.x.time ? { time: true, range: () => days(moments(data)) } : { time: false },
      y: { range: (_, min, max) => [data.y.min ?? min, data.y.max ?? (max || 1) * HEADROOM] },
    },
    axes: [
      { ...axis, label: data.x.label, size: data.x.time ? 40 : 28 },
      { ...axis, label: data.y.label, size: 52 },
    ],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"), // days are the server's
    series: [
      { label: data.x.label, ...(data.x.time && { value: "{YYYY}-{MM}-{DD}" }) },
      ...data.series.flatMap((each, index) => lines(each, index, element)),
    ],
    bands: bands(data, element),
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    hooks: { ready: [latest], setLegend: [latest] },
  };
}

/**
 * The latest values stand in the legend while the cursor is elsewhere.
 * @param {uPlot} plot
 */
function latest(plot) {
  if ((plot.legend.idx ?? null) === null) plot.setLegend({ idx: plot.data[0].length - 1 }, false);
}

/**
 * @param {number[]} x seconds, growing
 * @returns {[number, number]} a range that ends with the last day and is not shorter than a fortnight
 */
function days(x) {
  const last = x.at(-1) ?? Date.now() / 1000;
  const first = Math.min(x[0] ?? last, last - (FEWEST_DAYS - 1) * DAY);
  return [first - DAY / 2, last + DAY / 2];
}

/**
 * @param {SeriesData['series'][number]} line
 * @param {number} index
 * @param {Element} element
 * @returns {uPlot.Series[]} the line and, with an interval, its two edges
 */
function lines(line, index, element) {
  const stroke = resolveColor(COLORS[index % COLORS.length] ?? "--accent", element);
  const few = line.values.length < 40;
  const value = (
    /** @type {uPlot} */ _,
    /** @type {number} */ __,
    /** @type {number} */ ___,
    /** @type {number | null} */ at,
  ) => valueAt(line, at);
  const main = {
    label: line.label,
    stroke,
    width: 2,
    dash: DASHES[index % DASHES.length],
    points: { show: few, size: 5, fill: stroke },
    value,
  };
  const edge = { class: "edge", stroke: "transparent", width: 0, points: { show: false } };
  return line.lo && line.hi
    ? [main, { ...edge, label: `${line.label}, to` }, { ...edge, label: `${line.label}, from` }]
    : [main];
}

/**
 * @param {SeriesData['series'][number]} line
 * @param {number | null} at
 * @returns {string} the value under the cursor with its interval
 */
function valueAt({ values, lo, hi }, at) {
  const [value, low, high] = [values, lo, hi].map((each) => (at === null ? null : each?.[at]));
  if (typeof value !== "number") return "–";
  const show = (/** @type {number} */ each) => Number(each.toPrecision(4)).toLocaleString();
  return typeof low === "number" && typeof high === "number"
    ? `${show(value)} (${show(low)} to ${show(high)})`
    : show(value);
}

/**
 * @param {SeriesData} data
 * @param {Element} element
 * @returns {uPlot.Band[]}
 */
function bands(data, element) {
  /** @type {uPlot.Band[]} */
  const found = [];
  let at = 1;
  for (const [index, line] of data.series.entries()) {
    if (line.lo && line.hi) {
      const color = resolveColor(COLORS[index % COLORS.length] ?? "--accent", element);
      found.push({ series: [at + 1, at + 2], fill: `color-mix(in srgb, ${color} 18%, transparent)` });
      at += 2;
    }
    at += 1;
  }
  return found;
}

/** @param {SeriesData} data @returns {number[]} the common axis; dates as seconds */
function moments(data) {
  return data.x.values.map((value) => (typeof value === "string" ? Date.parse(value) / 1000 : value));
}

/** @param {SeriesData} data @returns {uPlot.AlignedData} */
function columns(data) {
  return /** @type {uPlot.AlignedData} */ ([
    moments(data),
    ...data.series.flatMap((line) => (line.lo && line.hi ? [line.values, line.hi, line.lo] : [line.values])),
  ]);
}

export function startSeriesPlot() {
  customElements.define("ts-series-plot", SeriesPlot);
}
