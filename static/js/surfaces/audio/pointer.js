/** Pixels that a press may move and still is a click. */
const STILL = 4;

/**
 * Turns what a mouse, pen or finger does into events of the tool; two fingers zoom, the ruler takes the playhead.
 * @param {import('./surface.js').AudioSurface} surface
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 */
export function listenToPointer(surface, { scope }) {
  const { board, timeline } = surface;
  /** @type {Map<number, number>} x of each finger */
  const down = new Map();
  /** @type {Gesture | null} */
  let gesture = null;
  const xOf = (/** @type {MouseEvent} */ event) => event.clientX - board.getBoundingClientRect().left;
  const timeOf = (/** @type {MouseEvent} */ event) => timeline.time(xOf(event));

  scope.listen(board, "pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    down.set(event.pointerId, xOf(event));
    board.setPointerCapture(event.pointerId);
    if (down.size > 1) {
      gesture?.cancel();
      gesture = null;
      return;
    }
    gesture = begin(surface, event, timeOf(event));
    surface.focus();
    event.preventDefault();
  });
  scope.listen(board, "pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    if (down.size === 2) pinch(surface, down, event.pointerId, xOf(event));
    down.set(event.pointerId, xOf(event));
    gesture?.move(event.clientX, timeOf(event));
  });
  scope.listen(board, "pointerup", (event) => {
    if (!down.delete(event.pointerId) || down.size > 0) return;
    gesture?.up(timeOf(event));
    gesture = null;
  });
  scope.listen(board, "pointercancel", (event) => {
    down.delete(event.pointerId);
    gesture?.cancel();
    gesture = null;
  });
  scope.listen(
    board,
    "wheel",
    (event) => {
      event.preventDefault();
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        timeline.show(timeline.from + ((event.deltaX || event.deltaY) / timeline.width) * timeline.span);
        surface.redraw();
      } else surface.zoom(2 ** (-event.deltaY / 300), timeOf(event));
    },
    { passive: false },
  );
}

/** @typedef {{move: (x: number, time: number) => void, up: (time: number) => void, cancel: () => void}} Gesture */

/**
 * @param {import('./surface.js').AudioSurface} surface
 * @param {PointerEvent} event
 * @param {number} time
 * @returns {Gesture}
 */
function begin(surface, event, time) {
  const target = event.target instanceof Element ? event.target : null;
  const handle = target?.closest(".au-handle");
  if (handle instanceof HTMLElement) return take(surface, handle.dataset, time);
  if (target?.closest(".au-ruler")) {
    surface.seek(time);
    const seek = (/** @type {number} */ at) => surface.seek(at);
    return { move: (_x, at) => seek(at), up: () => {}, cancel: () => {} };
  }
  const mark = target?.closest("[data-mark]");
  return draw(surface, mark instanceof HTMLElement ? (mark.dataset.mark ?? null) : null, event.clientX, time);
}

/**
 * @param {import('./surface.js').AudioSurface} surface
 * @param {DOMStringMap} handle
 * @param {number} from
 * @returns {Gesture}
 */
function take(surface, { mark, edge }, from) {
  const tell = (/** @type {string} */ name, /** @type {number} */ time) =>
    surface.dispatch(name, { id: mark, edge, time });
  tell("HandleDown", from);
  return {
    move: (_x, time) => tell("HandleMove", time),
    up: (time) => tell("HandleUp", time),
    cancel: () => surface.dispatch("Cancel", {}),
  };
}

/**
 * A click, or a new segment once the pointer moves.
 * @param {import('./surface.js').AudioSurface} surface
 * @param {string | null} id the mark that was pressed
 * @param {number} x
 * @param {number} from
 * @returns {Gesture}
 */
function draw(surface, id, x, from) {
  let drawing = false;
  return {
    move(now, time) {
      if (!drawing && Math.abs(now - x) <= STILL) return;
      if (!drawing) drawing = surface.dispatch("DrawStart", { time: from });
      if (drawing) surface.dispatch("DrawMove", { time });
    },
    up(time) {
      if (drawing) {
        surface.dispatch("DrawEnd", { time });
        return;
      }
      surface.seek(from);
      surface.dispatch("Click", { time: from, id });
    },
    cancel() {
      if (drawing) surface.dispatch("Cancel", {});
    },
  };
}

/**
 * @param {import('./surface.js').AudioSurface} surface
 * @param {Map<number, number>} down
 * @param {number} moved the finger that moves
 * @param {number} x where it is now
 */
function pinch(surface, down, moved, x) {
  const other = [...down].find(([id]) => id !== moved)?.[1] ?? x;
  const before = down.get(moved) ?? x;
  const { timeline } = surface;
  const middle = timeline.time((before + other) / 2);
  surface.zoom(Math.max(8, Math.abs(x - other)) / Math.max(8, Math.abs(before - other)), middle);
  timeline.show(timeline.from - ((x - before) / 2 / timeline.width) * timeline.span);
  surface.redraw();
}
