import { h } from "../../core/dom.js";
import { paintWave } from "./painting.js";

/**
 * The whole recording in a strip, with a window for what is in sight: a press brings the window there.
 * @param {import('./surface.js').AudioSurface} surface
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 */
export function createOverview(surface, { scope }) {
  const canvas = h("canvas", { class: "au-canvas" });
  const seen = h("div", { class: "au-window" });
  const head = h("div", { class: "au-head" });
  const element = h("div", { class: "au-overview", "aria-hidden": "true" }, [canvas, seen, head]);
  const { timeline } = surface;
  const share = (/** @type {number} */ time) => (timeline.seconds > 0 ? time / timeline.seconds : 0);
  /** @param {PointerEvent} event */
  const bring = (event) => {
    const box = element.getBoundingClientRect();
    const time = ((event.clientX - box.left) / box.width) * timeline.seconds;
    timeline.show(time - timeline.span / 2);
    if (timeline.isWhole) surface.seek(time);
    surface.redraw();
  };
  scope.listen(element, "pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    bring(event);
  });
  scope.listen(element, "pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) bring(event);
  });
  return {
    element,
    /** @param {import('./peaks.js').Peaks | null} peaks */
    draw(peaks) {
      paintWave(canvas, peaks, { from: 0, span: timeline.seconds || 1, seconds: timeline.seconds });
      seen.hidden = timeline.isWhole;
      seen.style.left = `${share(timeline.from) * 100}%`;
      seen.style.width = `${share(timeline.span) * 100}%`;
    },
    /** @param {number} time */
    drawHead(time) {
      head.style.left = `${share(time) * 100}%`;
    },
  };
}
