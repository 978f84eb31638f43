import { StateNode } from "../../../core/state-node.js";
import { boxBetween, groupStep } from "../boxes.js";
import { nextOf, shapesIn } from "../picking.js";

/**
 * @typedef {import('../types.js').Target} Target
 * @typedef {import('../types.js').PointerInfo} PointerInfo
 * @typedef {import('../types.js').Shape} Shape
 * @typedef {import('../types.js').Grip} Grip
 * @typedef {import('../types.js').Held} Held
 * @typedef {import('../types.js').Point} Point
 */

/** A press that moves less than this many CSS pixels is a click. */
export const CLICK = 4;

/**
 * Select, move, resize: for shapes of any kind.
 *
 *     select ─ idle ─┬─ pressing ─ moving
 *                    ├─ resizing
 *                    └─ sweeping (marquee)
 */
export class SelectTool extends StateNode {
  /** @param {Target} target */
  constructor(target) {
    super("select", {
      children: [
        new Idle(target),
        new Pressing(target),
        new Moving(target),
        new Resizing(target),
        new Sweeping(target),
      ],
    });
  }
}

class Idle extends StateNode {
  #target;

  /** @param {Target} target */
  constructor(target) {
    super("idle");
    this.#target = target;
  }

  onEnter() {
    this.#target.surface.setCursor("default");
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    const { surface, layer, selection } = this.#target;
    const grip = gripAt(this.#target, info);
    const hit = grip ? null : (surface.pick(layer, info.at, info.touch)[0] ?? null);
    selection.hover(hit?.id ?? null);
    surface.setCursor(grip?.grip.cursor ?? (hit ? (selection.has(hit.id) ? "move" : "pointer") : "default"));
    return true;
  }

  onPointerLeave() {
    this.#target.selection.hover(null);
  }

  /** @param {PointerInfo} info */
  onPointerDown(info) {
    const grip = gripAt(this.#target, info);
    if (grip) return this.#go("resizing", grip);
    const found = this.#target.surface.pick(this.#target.layer, info.at, info.touch);
    if (found.length) return this.#go("pressing", { info, found });
    // Nothing there: a finger, or somebody who may only look, moves the picture.
    if (info.touch || !this.#target.editable) {
      this.#target.selection.clear();
      return false;
    }
    return this.#go("sweeping", info);
  }

  /**
   * @param {string} id
   * @param {unknown} info
   */
  #go(id, info) {
    this.parent?.transition(id, info);
    return true;
  }
}

/** The pointer is down on a shape: a click that selects, or the beginning of a move. */
class Pressing extends StateNode {
  #target;
  /** @type {PointerInfo | null} */
  #start = null;
  /** @type {Shape[]} */
  #found = [];
  #cycles = false;

  /** @param {Target} target */
  constructor(target) {
    super("pressing");
    this.#target = target;
  }

  /** @param {{info: PointerInfo, found: Shape[]}} press */
  onEnter({ info, found }) {
    const { selection } = this.#target;
    [this.#start, this.#found] = [info, found];
    this.#cycles = found.some((shape) => selection.has(shape.id));
    if (!this.#cycles && !info.shift) selection.select(found[0]?.id ?? null);
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    if (this.#start && far(this.#start.screen, info.screen) && this.#target.editable && !this.#start.shift) {
      this.parent?.transition("moving", this.#start);
      this.parent?.dispatch("PointerMove", info);
    }
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    const { selection } = this.#target;
    const first = this.#found[0]?.id ?? null;
    if (info.shift && first) selection.toggle(first);
    // A click on what is already selected goes through the overlapping ones.
    else if (this.#cycles) selection.select(nextOf(this.#found, selection.primary)?.id ?? null);
    this.parent?.transition("idle");
    return true;
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }
}

class Moving extends StateNode {
  #target;
  /** @type {Point} */
  #from = { x: 0, y: 0 };
  /** @type {Shape[]} */
  #shapes = [];
  /** @type {Map<string, any>} */
  #moved = new Map();

  /** @param {Target} target */
  constructor(target) {
    super("moving");
    this.#target = target;
  }

  /** @param {PointerInfo} start */
  onEnter(start) {
    const { layer, selection, surface } = this.#target;
    this.#from = start.at;
    this.#moved = new Map();
    this.#shapes = layer.shapes().filter((shape) => !shape.fixed && selection.has(shape.id));
    surface.setCursor("move");
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    const { layer, surface } = this.#target;
    const bounds = this.#shapes.map((shape) => layer.kind.bounds(shape.geometry));
    const step = groupStep(bounds, info.at.x - this.#from.x, info.at.y - this.#from.y, surface.image);
    const moved = this.#shapes.map((shape) => [
      shape.id,
      layer.kind.move(shape.geometry, step.x, step.y, surface.image),
    ]);
    this.#moved = new Map(/** @type {[string, any][]} */ (moved));
    surface.setPreview(this.#moved);
    return true;
  }

  onPointerUp() {
    this.#target.commit(this.#moved);
    this.parent?.transition("idle");
    return true;
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }

  onExit() {
    this.#target.surface.setPreview(new Map());
  }
}

/** One handle follows the pointer. Used by the drawing tools too: both have an `idle`. */
export class Resizing extends StateNode {
  #target;
  /** @type {Held | null} */
  #held = null;
  /** @type {any} */
  #geometry = null;

  /** @param {Target} target */
  constructor(target) {
    super("resizing");
    this.#target = target;
  }

  /** @param {Held} held */
  onEnter(held) {
    this.#held = held;
    this.#geometry = null;
    this.#target.surface.setCursor(held.grip.cursor);
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    if (!this.#held) return true;
    const { layer, surface, tap } = this.#target;
    if (tap && this.#geometry === null && !far(this.#held.from, info.screen)) return true;
    this.#geometry = layer.kind.drag(this.#held.shape.geometry, this.#held.grip.id, info.at, surface.image);
    surface.setPreview(new Map([[this.#held.shape.id, this.#geometry]]));
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    if (this.#held && this.#geometry === null) this.#target.tap?.(this.#held, info);
    if (this.#held && this.#geometry !== null) {
      const refusal = this.#target.refuse(this.#geometry);
      if (refusal) this.#target.announce(refusal);
      else this.#target.commit(new Map([[this.#held.shape.id, this.#geometry]]));
    }
    this.parent?.transition("idle");
    return true;
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }

  onExit() {
    this.#target.surface.setPreview(new Map());
  }
}

/** Marquee: what lies wholly inside; leftwards, what it touches. */
class Sweeping extends StateNode {
  #target;
  /** @type {PointerInfo | null} */
  #start = null;
  /** @type {readonly string[]} */
  #before = [];

  /** @param {Target} target */
  constructor(target) {
    super("sweeping");
    this.#target = target;
  }

  /** @param {PointerInfo} info */
  onEnter(info) {
    const { selection } = this.#target;
    this.#start = info;
    this.#before = selection.ids;
    if (!info.shift) selection.clear();
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    if (!this.#start || !far(this.#start.screen, info.screen)) return true;
    const { layer, selection, surface } = this.#target;
    const area = boxBetween(this.#start.at, info.at, surface.image);
    const found = shapesIn(layer.shapes(), layer.kind, area, info.screen.x < this.#start.screen.x).map(
      (shape) => shape.id,
    );
    surface.setMarquee(area);
    selection.select(this.#start.shift ? [...new Set([...this.#before, ...found])] : found);
    return true;
  }

  onPointerUp() {
    this.parent?.transition("idle");
    return true;
  }

  onCancel() {
    this.#target.selection.select(this.#before);
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }

  onExit() {
    this.#target.surface.setMarquee(null);
  }
}

/**
 * The handle of the one selected shape under the pointer.
 *
 * @param {Target} target
 * @param {PointerInfo} info
 * @returns {Held | null}
 */
export function gripAt({ layer, selection, surface, editable }, info) {
  if (!editable || selection.ids.length !== 1) return null;
  const shape = layer.shapes().find((item) => item.id === selection.primary);
  if (!shape || shape.fixed) return null;
  const tolerance = surface.tolerance(info.touch) * 1.4;
  let [best, nearest] = [/** @type {Grip | null} */ (null), tolerance];
  for (const grip of gripsOf(layer, shape, surface.view)) {
    const distance = Math.max(Math.abs(grip.x - info.at.x), Math.abs(grip.y - info.at.y));
    if (distance < nearest) [best, nearest] = [grip, distance];
  }
  return best && { shape, grip: best, from: info.screen };
}

/**
 * @param {import('../types.js').ShapeLayer} layer
 * @param {Shape} shape
 * @param {import('../types.js').View} view
 * @returns {Grip[]}
 */
export function gripsOf(layer, shape, view) {
  return layer.grips ? layer.grips(shape, view) : layer.kind.grips(shape.geometry);
}

/**
 * @param {Point} a
 * @param {Point} b
 */
export function far(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y) >= CLICK;
}
