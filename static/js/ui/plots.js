import { scope } from "./page.js";

/** @type {Record<string, () => Promise<() => void>>} */
const KINDS = {
  "ts-series-plot": async () => (await import("./plot.js")).startSeriesPlot,
  "ts-matrix-plot": async () => (await import("./matrix.js")).startMatrixPlot,
  "ts-interval-plot": async () => (await import("./intervals.js")).startIntervalPlot,
};
/** @type {Set<string>} */
const asked = new Set();

function load() {
  for (const [name, start] of Object.entries(KINDS)) {
    if (asked.has(name) || !document.querySelector(name)) continue;
    asked.add(name);
    start().then((define) => define());
  }
}

/** Plots are loaded only where there is one, also one that htmx brings in later. */
export function startPlots() {
  load();
  scope.listen(document, "htmx:afterSettle", load);
}
