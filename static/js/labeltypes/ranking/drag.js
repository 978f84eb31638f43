import { put, unranked } from "./value.js";

const SLOP = 4;

/**
 * @typedef {object} Rankable what can be dragged about in
 * @property {HTMLElement} list
 * @property {HTMLElement} above what is ranked
 * @property {HTMLElement} line between the two
 * @property {string[]} order
 * @property {(order: string[] | null) => void} preview
 * @property {(name: string) => void} select
 * @property {(name: string, place: number | null) => void} move
 */

/**
 * A mouse takes a row anywhere, a finger by its grip, so that the rest still scrolls. The answer changes once, at the end.
 * @param {import('../../label/types.js').Ctx} ctx
 * @param {Rankable} panel
 */
export function listenDrag(ctx, panel) {
  const { scope, allKeys, field, t } = ctx;
  /** @type {{name: string, y: number, moving: boolean, place: number | null} | null} */
  let held = null;
  const isMoving = () => held?.moving === true;
  const release = () => {
    const last = held;
    held = null;
    if (last?.moving) panel.preview(null);
    return last;
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!held || (!held.moving && Math.abs(event.clientY - held.y) < SLOP)) return;
    if (!held.moving) {
      held.moving = true;
      panel.list.setPointerCapture(event.pointerId);
      panel.select(held.name);
    }
    held.place = placeAt(panel, held.name, event.clientY, field);
    panel.preview(put(panel.order, held.name, held.place));
  };
  scope.listen(panel.list, "pointerdown", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-name]") : null;
    const grip = event.pointerType === "mouse" || event.target.closest(".lb-rank-grip");
    if (!(row instanceof HTMLElement) || event.button !== 0 || !grip) return;
    held = { name: row.dataset.name ?? "", y: event.clientY, moving: false, place: null };
  });
  scope.listen(panel.list, "pointermove", move);
  scope.listen(panel.list, "pointerup", () => {
    const last = release();
    if (last?.moving) panel.move(last.name, last.place);
  });
  scope.listen(panel.list, "pointercancel", release);
  scope.listen(panel.list, "pointerleave", () => {
    if (!isMoving()) release();
  });
  const layer = allKeys.layer(field.title, { priority: 40, scope, when: isMoving });
  layer.bind("Escape", () => void release(), {
    id: `${field.name}.drop`,
    title: t("Cancel dragging"),
    hidden: true,
  });
  return { cancel: release };
}

/**
 * @param {Rankable} panel
 * @param {string} name what is dragged
 * @param {number} y
 * @param {import('../../label/types.js').Field} field
 * @returns {number | null} null: below the line
 */
function placeAt(panel, name, y, field) {
  const others = [...panel.above.children].filter(
    (row) => row instanceof HTMLElement && row.dataset.name !== name,
  );
  const isOpen = unranked(put(panel.order, name, 0), field).length > 0;
  if (isOpen && y > middle(panel.line)) return null;
  return others.filter((row) => middle(row) < y).length;
}

/** @param {Element} element */
function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
