import { createRegionPanel } from "../../label/region-panel.js";
import { canonicalRegions, regionsDiffer } from "../../label/region-values.js";
import { createFindings } from "./findings.js";
import { Segments } from "./segments.js";
import { createTimes } from "./times.js";
import { createTool } from "./tool.js";
import { contrast, summarize, validate } from "./value.js";

/**
 * @typedef {import('../../label/types.js').Ctx} Ctx
 * @typedef {import('./value.js').Segment} Segment
 * @typedef {{segments: Segments, tool: ReturnType<typeof createTool> | null}} Work
 */

/** @type {WeakMap<Ctx, Work>} */
const known = new WeakMap();

/** Stretches of time in a recording. @type {import('../../label/types.js').LabelTypeModule} */
export default {
  kind: "segment",
  surface: "audio",
  createPanel,
  createTool(ctx) {
    const work = workOf(ctx);
    work.tool = createTool(work.segments);
    return work.tool;
  },
  validate,
  summarize,
  contrast,
  canonical: canonicalRegions,
  differs: regionsDiffer,
};

/** @param {Ctx} ctx */
function createPanel(ctx) {
  const work = workOf(ctx);
  const panel = createRegionPanel(ctx, {
    describe: (/** @type {Segment} */ segment) => work.segments.describe(segment),
    mark: (name) => work.tool?.waiting.take(name) ?? false,
    compare: (a, b) => a.start - b.start || a.end - b.end,
  });
  panel.element.append(createTimes(work.segments), createFindings(work.segments));
  return panel;
}

/**
 * One per ctx: panel and tool share it.
 * @param {Ctx} ctx
 * @returns {Work}
 */
function workOf(ctx) {
  const work = known.get(ctx) ?? { segments: new Segments(ctx), tool: null };
  known.set(ctx, work);
  return work;
}
