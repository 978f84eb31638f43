import { surfaceOf } from "../../label/image-objects/object-list.js";
import { objectsOf } from "../../label/image-objects/objects.js";
import { createPanel } from "../../label/image-objects/panel.js";
import { contrast, differs, summarize } from "../../label/image-objects/summary.js";
import { createObjectTool } from "../../label/image-objects/tool.js";
import { MaskDraw } from "./draw.js";
import { addBrushButtons, bindBrushKeys } from "./keys.js";
import { masks } from "./kind.js";
import { validate } from "./validate.js";

const BRUSH = "M20 3L9 13l2 2L21 4zM8 14c-3 0-3 4-5 5 3 2 8 1 8-3z";

/** Masks on an image. @type {import('../../label/types.js').LabelTypeModule} */
export default {
  kind: "mask",
  surface: "image",
  createPanel: (ctx) => createPanel(ctx, masks),
  createTool,
  validate,
  summarize,
  differs: (a, b) => differs(a, b, masks),
  contrast: (yours, other, field) => contrast(yours, other, field, masks),
};

/** @param {import('../../label/types.js').Ctx} ctx */
function createTool(ctx) {
  const objects = objectsOf(ctx, masks);
  const { strip } = surfaceOf(ctx);
  return createObjectTool(ctx, masks, {
    draw: (target) =>
      new MaskDraw(
        target,
        ctx.t,
        (id) => objects.remove([id]),
        () => strip.update(),
      ),
    bindKeys: (tool) => bindBrushKeys(ctx, tool, objects),
    addButtons: (tool) => addBrushButtons(ctx, tool, objects),
    button: { title: ctx.t("Paint"), path: BRUSH },
  });
}
