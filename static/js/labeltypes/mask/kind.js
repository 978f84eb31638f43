import { boxHolds, iou } from "../../surfaces/image/boxes.js";
import { MAX_COUNTS } from "./limits.js";
import { areaOf, holds, runIou } from "./runs.js";
import { boundsOf, movedMask, placedPath, runsOf } from "./shown.js";
import { Stroke } from "./stroke.js";

/** @typedef {import('./runs.js').Mask} Mask */

/** How much of its color a mask lets through while it is painted. */
const PAINTED = 0.55;

/**
 * The mask as a kind of shape; also in the middle of a stroke.
 *
 * @type {import('../../surfaces/image/types.js').ShapeKind}
 */
export const maskKind = {
  kind: "mask",
  tint: 0.35,
  bounds: (/** @type {Mask | Stroke} */ mask) => (mask instanceof Stroke ? mask.bounds : boundsOf(mask)),
  area: (/** @type {Mask} */ mask) => areaOf(runsOf(mask)),
  hit: (/** @type {Mask} */ mask, { x, y }, tolerance) => {
    if (!boxHolds(boundsOf(mask), { x, y }, tolerance)) return false;
    const runs = runsOf(mask);
    const near = [-tolerance, 0, tolerance];
    return near.some((right) => near.some((down) => holds(runs, x + right, y + down)));
  },
  grips: () => [],
  drag: (mask) => mask,
  move: movedMask,
  stroke(context, mask, view) {
    if (mask instanceof Stroke) return;
    context.lineJoin = "bevel";
    context.stroke(placedPath(mask, view));
  },
  fill(context, mask, view) {
    if (!(mask instanceof Stroke)) {
      context.fill(placedPath(mask, view));
      return;
    }
    const alpha = context.globalAlpha;
    context.globalAlpha = PAINTED;
    mask.show(context, view);
    context.globalAlpha = alpha;
  },
};

/** @type {import('../../label/image-objects/objects.js').ObjectKind} */
export const masks = {
  key: "mask",
  shapes: maskKind,
  overlap: (/** @type {Mask} */ a, /** @type {Mask} */ b) =>
    iou(boundsOf(a), boundsOf(b)) > 0 ? runIou(runsOf(a), runsOf(b)) : 0,
  letter: "b",
  draw: ({ t }) => t("Paint a new object (arrows and Enter, or drag)"),
  empty: ({ t }, key) => t("No objects yet. Paint over one; {key} paints by keys.", { key }),
  refuse: (mask, { t }) =>
    mask.counts.length > MAX_COUNTS ? t("The object has too many edges to be kept.") : null,
};
