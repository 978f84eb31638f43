import {
  boxArea,
  boxHolds,
  growBox,
  HANDLES,
  handlePoint,
  moveBox,
  resizeBox,
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
