import { CodePoints } from "../../core/codepoints.js";
import { createRegionPanel } from "../../label/region-panel.js";
import { canonicalRegions, regionsDiffer } from "../../label/region-values.js";
import { Spans } from "./spans.js";
import { createTool } from "./tool.js";
import { contrast, summarize, validate } from "./value.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('./value.js').Span} Span
 */

/** @type {WeakMap<Ctx, Spans>} */
const known = new WeakMap();

/** Ranges of a text with classes and attributes. @type {import('../../label/types.js').LabelTypeModule} */
export default {
  kind: "span",
  surface: "text",
  createPanel,
  createTool: (ctx) => createTool(spansOf(ctx)),
  validate,
  summarize,
  canonical: canonicalRegions,
  differs: regionsDiffer,
  contrast,
};

/** @param {Ctx} ctx */
function createPanel(ctx) {
  const spans = spansOf(ctx);
  return createRegionPanel(ctx, {
    describe: (/** @type {Span} */ span) => spans.quote(span),
    mark: (name) => spans.markSelection(name),
    compare: (a, b) => a.start - b.start || b.end - a.end,
  });
}

/**
 * One per ctx: panel and tool share it.
 * @param {Ctx} ctx
 * @returns {Spans}
 */
function spansOf(ctx) {
  const spans = known.get(ctx) ?? new Spans(ctx, (text) => new CodePoints(text));
  known.set(ctx, spans);
  return spans;
}
