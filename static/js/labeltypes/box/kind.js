import {
  boxArea,
  boxHolds,
  growBox,
  HANDLES,
  handlePoint,
  iou,
  moveBox,
  resizeBox,
  rounded,
} from "../../surfaces/image/boxes.js";

/**
 * The axis-aligned box as a kind of shape: its geometry and its lines; what hands do with it is the tools'.
 *
 * @type {import('../../surfaces/image/types.js').ShapeKind}
 */
export const boxKind = {
  kind: "box",
  bounds: (box) => box,
  area: boxArea,
  hit: boxHolds,
  grips: (box) => HANDLES.map((id) => ({ id, ...handlePoint(box, id), cursor: `${id}-resize` })),
  drag: (box, grip, to, image) =>
    resizeBox(box, /** @type {import('../../surfaces/image/boxes.js').Handle} */ (grip), to, image),
  move: moveBox,
  grow: growBox,
  stroke(context, [x, y, width, height], { scale, x: dx, y: dy }) {
    context.strokeRect(x * scale + dx, y * scale + dy, width * scale, height * scale);
  },
  fill(context, [x, y, width, height], { scale, x: dx, y: dy }) {
    context.fillRect(x * scale + dx, y * scale + dy, width * scale, height * scale);
  },
};

/** @type {import('../../label/image-objects/objects.js').ObjectKind} */
export const boxes = {
  key: "box",
  shapes: boxKind,
  overlap: iou,
  letter: "b",
  draw: ({ t }) => t("Draw a box (then Enter, or drag)"),
  empty: ({ t }, key) => t("No objects yet. Drag on the image, or press {key} and Enter.", { key }),
  refuse: (box, { t, field }) => {
    const least = field.min_size ?? 0;
    if (Math.min(box[2], box[3]) >= Math.max(least, 0.01)) return null;
    return t("Too small: {w} × {h} pixels, at least {n} are needed.", {
      w: rounded(box[2]),
      h: rounded(box[3]),
      n: least || 1,
    });
  },
};
