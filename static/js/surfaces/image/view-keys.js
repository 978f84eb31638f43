/** Keys that move the view: fit, 1:1, zoom, pan. */

/** How far one press of an arrow pans, in CSS pixels. */
const STEP = 80;
const STEPS = /** @type {const} */ ({
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
});

/**
 * @typedef {object} Moves
 * @property {(x: number, y: number) => void} move pans by CSS pixels
 * @property {() => void} holdSpace the space bar went down: the pointer pans until it comes up
 *
 * @param {import('./surface.js').ImageSurface} surface
 * @param {Pick<import('../../label/types.js').SurfaceCtx, "keys" | "scope" | "t">} context
 * @param {Moves} moves
 */
export function bindViewKeys(surface, { keys, scope, t }, { move, holdSpace }) {
  const layer = keys.layer(t("Image"), { priority: 0, scope });
  layer.bind("f", () => surface.fit(), { id: "image.fit", title: t("Fit the image") });
  layer.bind("Shift+f", () => surface.actualSize(), { id: "image.actual", title: t("Actual size (1:1)") });
  layer.bind(["+", "="], () => surface.zoom(1.25), { id: "image.zoomIn", title: t("Zoom in"), repeat: true });
  layer.bind("-", () => surface.zoom(1 / 1.25), { id: "image.zoomOut", title: t("Zoom out"), repeat: true });
  const hold = (/** @type {KeyboardEvent} */ event) => {
    if (isPressedBySpace(event.target)) return false;
    holdSpace();
    return true;
  };
  layer.bind("Space", hold, { id: "image.pan", title: t("Hold to pan"), repeat: true });
  for (const [key, [x, y]] of Object.entries(STEPS)) {
    const hidden = key !== "ArrowLeft";
    layer.bind(`Mod+${key}`, () => move(x, y), {
      id: `image.pan.${key}`,
      title: t("Pan with arrows"),
      repeat: true,
      hidden,
    });
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} whether the space bar presses what has the focus
 */
export function isPressedBySpace(target) {
  return (
    target instanceof HTMLElement && target.closest('button, summary, input, a, [role="option"]') !== null
  );
}
