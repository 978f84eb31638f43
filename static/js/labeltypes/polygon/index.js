import { surfaceOf } from "../../label/image-objects/object-list.js";
import { objectsOf } from "../../label/image-objects/objects.js";
import { createPanel } from "../../label/image-objects/panel.js";
import { contrast, differs, summarize } from "../../label/image-objects/summary.js";
import { createObjectTool } from "../../label/image-objects/tool.js";
import { cornersOf } from "./corners.js";
import { PolygonDraw } from "./draw.js";
import { addOutlineButtons, bindOutlineKeys } from "./keys.js";
import { outlines } from "./outlines.js";
import { validate } from "./validate.js";

const OUTLINE = "M5 17L8 5l11 3-3 11zM3 17h4M6 5h4M17 8h4M14 19h4";

/** Outlines on an image. @type {import('../../label/types.js').LabelTypeModule} */
export default {
  kind: "polygon",
  surface: "image",
  createPanel: (ctx) => createPanel(ctx, outlines),
  createTool,
  validate,
  summarize,
  differs: (a, b) => differs(a, b, outlines),
  contrast: (yours, other, field) => contrast(yours, other, field, outlines),
};

/** @param {import('../../label/types.js').Ctx} ctx */
function createTool(ctx) {
  const objects = objectsOf(ctx, outlines);
  const corners = cornersOf(ctx, objects);
  const { strip } = surfaceOf(ctx);
  return createObjectTool(ctx, outlines, {
    target: { tap: (held, info) => corners.tap(held, info) },
    draw: (target) => {
      const draw = new PolygonDraw(target, ctx.t, () => {
        strip.update();
        ctx.began();
      });
      ctx.store.subscribe((change) => change.reason === "load" && draw.cancel(), ctx.scope);
      // The class may be another now, and its color.
      objects.regions.subscribe(() => draw.placing && draw.show(), ctx.scope);
      return draw;
    },
    bindKeys: (tool) => bindOutlineKeys(ctx, tool, corners),
    addButtons: (tool) => addOutlineButtons(ctx, tool, corners),
    button: { title: ctx.t("Draw an outline"), path: OUTLINE },
  });
}
