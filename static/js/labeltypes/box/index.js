import { createPanel } from "../../label/image-objects/panel.js";
import { contrast, differs, summarize } from "../../label/image-objects/summary.js";
import { createObjectTool } from "../../label/image-objects/tool.js";
import { BoxDraw, bindMakeKey } from "./draw.js";
import { boxes } from "./kind.js";
import { validate } from "./validate.js";

const FRAME = "M5 5h14v14H5zM3 5h4M5 3v4M17 5h4M19 3v4M3 19h4M5 17v4M17 19h4M19 17v4";

/** Boxes on an image. @type {import('../../label/types.js').LabelTypeModule} */
export default {
  kind: "box",
  surface: "image",
  createPanel: (ctx) => createPanel(ctx, boxes),
  createTool: (ctx) =>
    createObjectTool(ctx, boxes, {
      draw: (target) => new BoxDraw(target),
      bindKeys: (tool) => bindMakeKey(ctx, tool),
      button: { title: ctx.t("Draw a box"), path: FRAME },
    }),
  validate,
  summarize,
  differs: (a, b) => differs(a, b, boxes),
  contrast: (yours, other, field) => contrast(yours, other, field, boxes),
};
