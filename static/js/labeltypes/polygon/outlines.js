import { firstCrossing, polygonArea, polygonIou } from "../../surfaces/image/polygons.js";
import { cornersOf } from "./corners.js";
import { outlineKind } from "./kind.js";
import { LEAST_POINTS } from "./limits.js";

/** @type {import('../../label/image-objects/objects.js').ObjectKind} */
export const outlines = {
  key: "polygon",
  shapes: outlineKind,
  overlap: polygonIou,
  letter: "p",
  draw: ({ t }) => t("Draw an outline (arrows and Enter, or click)"),
  empty: ({ t }, key) => t("No objects yet. Click around one, point by point; {key} draws by keys.", { key }),
  grips: (ctx, objects) => (shape, view) => cornersOf(ctx, objects).grips(shape, view),
  refuse: (polygon, { t }) => {
    if (polygon.length < LEAST_POINTS) return t("An outline needs at least {n} points.", { n: LEAST_POINTS });
    if (firstCrossing(polygon)) return t("An outline must not cross itself.");
    return polygonArea(polygon) > 0 ? null : t("The outline has no area.");
  },
};
