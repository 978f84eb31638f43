/**
 * @typedef {import('./index.js').TextSurface} TextSurface
 * @typedef {(event: string, info: unknown) => void} Dispatch
 */

const SETTLED = 350;

/**
 * Mouse, pen and touch. Selecting is left to the browser (drag, double-click, long press with its handles); we read what
 * came of it.
 * @param {TextSurface} surface
 * @param {import('../../label/types.js').SurfaceCtx} ctx
 * @param {Dispatch} dispatch
 */
export function listenToPointer(surface, { scope }, dispatch) {
  let pressed = false;
  let touch = false;
  let cancel = () => {};
  scope.listen(surface.scroller, "pointerdown", (event) => {
    touch = event.pointerType === "touch";
    pressed = event.button === 0 && !dragHandle(surface, event, scope, dispatch);
    if (pressed) surface.caret.hide();
  });
  scope.listen(document, "selectionchange", () => {
    readSelection(surface);
    cancel();
    if (touch && surface.selection) cancel = scope.timeout(() => ended("touch"), SETTLED);
  });
  scope.listen(document, "mouseup", (event) => {
    if (!pressed || touch) return;
    pressed = false;
    // A click into a selection collapses it only after this event.
    scope.timeout(
      () => (readSelection(surface) ? ended(event.detail > 2 ? "lines" : "mouse") : clicked(event)),
      0,
    );
  });
  scope.listen(surface.scroller, "click", (event) => {
    if (touch && !surface.selection) clicked(event);
  });
  /** @param {string} by */
  const ended = (by) => surface.selection && dispatch("SelectionEnd", { ...surface.selection, by });
  /** @param {MouseEvent} event */
  const clicked = (event) => {
    const offset = surface.offsetAt(event.clientX, event.clientY);
    if (offset === null) return;
    surface.caret.place(offset);
    dispatch("Click", {
      offset,
      ids: surface.marks.at(hit(surface, offset, event.clientX)).map((mark) => mark.id),
    });
  };
}

/**
 * The character under the pointer: the browser tells the nearest gap between two.
 * @param {TextSurface} surface
 * @param {number} offset
 * @param {number} x
 */
function hit(surface, offset, x) {
  if (offset === 0) return 0;
  const rects = [...surface.lines.range(offset - 1, offset).getClientRects()];
  return rects.some((rect) => x >= rect.left && x < rect.right) ? offset - 1 : offset;
}

/**
 * @param {TextSurface} surface
 * @returns {boolean} whether something is selected in the text
 */
function readSelection(surface) {
  const selection = getSelection();
  const anchor = selection && surface.lines.offsetOf(selection.anchorNode, selection.anchorOffset);
  const focus = selection && surface.lines.offsetOf(selection.focusNode, selection.focusOffset);
  if (anchor === null || focus === null || anchor === focus) {
    surface.selection = null;
    return false;
  }
  surface.selection = { start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
  surface.caret.place(focus);
  return true;
}

/**
 * @param {TextSurface} surface
 * @param {PointerEvent} event
 * @param {import('../../core/scope.js').Scope} scope
 * @param {Dispatch} dispatch
 * @returns {boolean} whether the pointer is on a handle
 */
function dragHandle(surface, event, scope, dispatch) {
  const handle = event.target instanceof Element ? event.target.closest("[data-handle]") : null;
  if (!(handle instanceof HTMLElement)) return false;
  event.preventDefault();
  const gesture = scope.child();
  const base = { id: handle.dataset.id, handle: handle.dataset.handle };
  const box = handle.getBoundingClientRect();
  // The finger may hold the handle below its line; what counts is the place it holds it for.
  const rise = event.clientY - (box.top + box.height / 2);
  const info = (/** @type {PointerEvent} */ { clientX, clientY }) => ({
    ...base,
    offset: surface.offsetAt(clientX, clientY - rise),
  });
  const finish = (/** @type {string} */ name, /** @type {PointerEvent} */ last) => {
    gesture.dispose();
    surface.element.classList.remove("is-dragging");
    dispatch(name, info(last));
  };
  surface.element.classList.add("is-dragging");
  gesture.listen(document, "mousedown", (down) => down.preventDefault(), { capture: true });
  gesture.listen(document, "pointermove", (move) => dispatch("HandleMove", info(move)));
  gesture.listen(document, "pointerup", (up) => finish("HandleUp", up));
  gesture.listen(document, "pointercancel", (stop) => finish("Cancel", stop));
  dispatch("HandleDown", info(event));
  return true;
}
