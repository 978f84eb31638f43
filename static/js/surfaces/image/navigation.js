import { panBy, zoomAt } from "./viewport.js";

/**
 * @typedef {import('./types.js').Point} Point
 * @typedef {import('./types.js').PointerInfo} PointerInfo
 * @typedef {import('./viewport.js').View} View
 *
 * @typedef {object} Hands what the pointers do
 * @property {() => View} view
 * @property {(view: View, moving: boolean) => void} look
 * @property {() => {min: number, max: number}} limits
 * @property {(event: string, info?: PointerInfo) => boolean} tool hands an event to the tool; whether it was taken
 * @property {(event: PointerEvent | MouseEvent) => PointerInfo} info
 */

/** Right, and the eraser at the end of a pen. */
const OTHER_BUTTONS = new Set([2, 5]);

/**
 * Pointers and wheel. Middle button, held space and two fingers move the picture; everything else is the tool's.
 */
export class Navigation {
  /** @type {Map<number, Point>} */
  #touches = new Map();
  /** @type {{id: number, last: Point} | null} */
  #pan = null;
  /** @type {number | null} */
  #tooling = null;
  #element;
  #hands;

  /**
   * @param {HTMLElement} element
   * @param {Hands} hands
   * @param {import('../../core/scope.js').Scope} scope
   */
  constructor(element, hands, scope) {
    this.#element = element;
    this.#hands = hands;
    this.spaceHeld = false;
    scope.listen(element, "pointerdown", (event) => this.#down(event));
    scope.listen(element, "pointermove", (event) => this.#move(event));
    scope.listen(element, "pointerup", (event) => this.#up(event));
    scope.listen(element, "pointercancel", (event) => this.#cancel(event));
    scope.listen(element, "pointerleave", () => this.#tooling === null && hands.tool("PointerLeave"));
    scope.listen(element, "wheel", (event) => this.#wheel(event), { passive: false });
    // The middle button would start the browser's own scrolling.
    scope.listen(element, "mousedown", (event) => event.button === 1 && event.preventDefault());
    // What the right button does for a tool, a menu would cover.
    scope.listen(element, "contextmenu", (event) => hands.tool("ContextMenu") && event.preventDefault());
    scope.listen(document, "keyup", (event) => event.key === " " && this.holdSpace(false));
    scope.listen(window, "blur", () => this.holdSpace(false));
  }

  /** @param {boolean} held */
  holdSpace(held) {
    this.spaceHeld = held;
    this.#element.classList.toggle("is-panning", held || this.#pan !== null);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#element.setPointerCapture(event.pointerId);
    const at = this.#hands.info(event).screen;
    if (event.pointerType === "touch") this.#touches.set(event.pointerId, at);
    if (this.#touches.size === 2) {
      // Two fingers move the picture: what is half done stays where a tool can keep it.
      if (this.#tooling !== null && !this.#hands.tool("PointerLost")) this.#hands.tool("Interrupt");
      this.#tooling = null;
      this.#pan = null;
      return;
    }
    if (this.#touches.size > 2) return;
    const panning = event.button === 1 || (event.button === 0 && this.spaceHeld);
    if (panning) this.#startPan(event.pointerId, at);
    else if (event.button === 0 && this.#hands.tool("PointerDown", this.#hands.info(event)))
      this.#tooling = event.pointerId;
    else if (event.button === 0) this.#startPan(event.pointerId, at);
    else if (OTHER_BUTTONS.has(event.button) && this.#hands.tool("OtherDown", this.#hands.info(event)))
      this.#tooling = event.pointerId;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#hands.info(event).screen;
    if (this.#touches.has(event.pointerId) && this.#touches.size >= 2) this.#pinch(event.pointerId, at);
    else if (this.#pan?.id === event.pointerId) {
      this.#hands.look(panBy(this.#hands.view(), at.x - this.#pan.last.x, at.y - this.#pan.last.y), true);
      this.#pan.last = at;
    } else if (this.#tooling === null || this.#tooling === event.pointerId) {
      this.#hands.tool("PointerMove", this.#hands.info(event));
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (this.#tooling === event.pointerId) this.#hands.tool("PointerUp", this.#hands.info(event));
    this.#forget(event);
  }

  /** @param {PointerEvent} event */
  #cancel(event) {
    if (this.#tooling === event.pointerId && !this.#hands.tool("PointerLost")) this.#hands.tool("Interrupt");
    this.#forget(event);
  }

  /** @param {PointerEvent} event */
  #forget(event) {
    this.#touches.delete(event.pointerId);
    if (this.#tooling === event.pointerId) this.#tooling = null;
    if (this.#pan?.id === event.pointerId) this.#pan = null;
    this.holdSpace(this.spaceHeld);
  }

  /**
   * @param {number} id
   * @param {Point} last
   */
  #startPan(id, last) {
    this.#pan = { id, last };
    this.holdSpace(this.spaceHeld);
  }

  /**
   * @param {number} id
   * @param {Point} at
   */
  #pinch(id, at) {
    const before = [...this.#touches.values()].slice(0, 2);
    this.#touches.set(id, at);
    const after = [...this.#touches.values()].slice(0, 2);
    const [from, to] = [middle(before), middle(after)];
    const factor = spread(after) / Math.max(1, spread(before));
    const view = panBy(this.#hands.view(), to.x - from.x, to.y - from.y);
    this.#hands.look(zoomAt(view, factor, to, this.#hands.limits()), true);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    if (event.shiftKey) {
      this.#hands.look(panBy(this.#hands.view(), -(event.deltaX || event.deltaY) * unit, 0), true);
      return;
    }
    // A trackpad's pinch comes as small steps with Ctrl held.
    const factor = Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0015));
    this.#hands.look(
      zoomAt(this.#hands.view(), factor, this.#hands.info(event).screen, this.#hands.limits()),
      true,
    );
  }
}

/** @param {Point[]} points two */
function middle(points) {
  const [a, b] = /** @type {[Point, Point]} */ (points);
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** @param {Point[]} points two */
function spread(points) {
  const [a, b] = /** @type {[Point, Point]} */ (points);
  return Math.hypot(a.x - b.x, a.y - b.y);
}
