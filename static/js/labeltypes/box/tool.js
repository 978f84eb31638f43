import { StateNode } from "../../core/state-node.js";
import { boxAround, boxBetween } from "../../surfaces/image/boxes.js";
import { far, gripAt, Resizing, SelectTool } from "../../surfaces/image/tools/select.js";

/**
 * @typedef {import('../../surfaces/image/types.js').Target} Target
 * @typedef {import('../../surfaces/image/types.js').PointerInfo} PointerInfo
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').Box} Box
 *
 * @typedef {Target & {
 *   image: () => {width: number, height: number},
 *   full: () => string | null,
 *   add: (box: Box) => boolean,
 *   draft: (box: Box) => import('../../surfaces/image/types.js').Shape,
 * }} BoxTarget
 */

/** A box made by keys is this share of what is visible. */
const DEFAULT_SHARE = 0.2;

/**
 *     box ─┬─ select …
 *          └─ draw ─ idle ─┬─ dragging ─┐
 *                          │            └─ placing (click, click)
 *                          └─ resizing
 *
 * Remembers which of the two was in use, from field to field and item to item.
 */
export class BoxTool extends StateNode {
  #mode;
  #changed;

  /**
   * @param {BoxTarget} target
   * @param {() => void} changed the mode did
   */
  constructor(target, changed) {
    super("box", { children: [new SelectTool(target), new DrawTool(target)] });
    this.target = target;
    this.#mode = target.editable ? "draw" : "select";
    this.#changed = changed;
  }

  get mode() {
    return this.#mode;
  }

  onEnter() {
    this.transition(this.#mode);
    this.#changed();
  }

  onExit() {
    this.target.surface.clearGesture();
    this.target.surface.setCursor("");
    this.#changed();
  }

  /**
   * @param {'select' | 'draw'} mode
   * @param {{byKeys: boolean}} [info] whether the next Enter makes a box
   */
  use(mode, info) {
    this.#mode = mode;
    if (this.active) this.transition(mode, info);
    this.#changed();
  }

  /** Another item comes: nothing of a gesture may remain. */
  onInterrupt() {
    this.target.surface.clearGesture();
  }

  /** Esc leaves drawing; what lies above deselects. */
  onCancel() {
    if (this.#mode !== "draw" || !this.target.editable) return false;
    this.use("select");
    return true;
  }
}

export class DrawTool extends StateNode {
  /** @param {BoxTarget} target */
  constructor(target) {
    super("draw", {
      children: [new Idle(target), new Dragging(target), new Placing(target), new Resizing(target)],
    });
    this.target = target;
    /** Where the crosshair is, image pixels. @type {Point | null} */
    this.at = null;
    /** The keys steer: Enter makes a box. */
    this.byKeys = false;
  }

  /** @param {{byKeys: boolean} | undefined} info */
  onEnter(info) {
    this.byKeys = info?.byKeys ?? false;
    if (this.byKeys) this.moveTo(this.at ?? this.target.surface.center);
  }

  onExit() {
    this.target.surface.setGuides(null);
  }

  /** @param {Point} at */
  moveTo(at) {
    const { width, height } = this.target.image();
    this.at = { x: Math.min(Math.max(at.x, 0), width), y: Math.min(Math.max(at.y, 0), height) };
    this.target.surface.setGuides(this.at);
  }

  /**
   * The crosshair by arrow keys.
   *
   * @param {number} dx CSS pixels
   * @param {number} dy CSS pixels
   */
  step(dx, dy) {
    const { surface } = this.target;
    const from = this.at ?? surface.center;
    this.byKeys = true;
    this.moveTo({ x: from.x + dx / surface.view.scale, y: from.y + dy / surface.view.scale });
    surface.reveal([this.at?.x ?? 0, this.at?.y ?? 0, 0, 0]);
  }

  /** A box of a default size around the crosshair. @returns {boolean} whether there is one now */
  make() {
    const { surface } = this.target;
    const image = this.target.image();
    const side = Math.min(surface.size.width, surface.size.height) / surface.view.scale;
    const size = Math.max(2, Math.min(side, image.width, image.height) * DEFAULT_SHARE);
    return this.target.add(boxAround(this.at ?? surface.center, size, size, image));
  }
}

class Idle extends StateNode {
  #target;

  /** @param {BoxTarget} target */
  constructor(target) {
    super("idle");
    this.#target = target;
  }

  onEnter() {
    this.#target.surface.setCursor("crosshair");
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    const { surface } = this.#target;
    const grip = gripAt(this.#target, info);
    surface.setCursor(grip?.grip.cursor ?? "crosshair");
    if (grip) surface.setGuides(null);
    else this.#draw.moveTo(info.at);
    return true;
  }

  onPointerLeave() {
    if (!this.#draw.byKeys) this.#target.surface.setGuides(null);
  }

  /** @param {PointerInfo} info */
  onPointerDown(info) {
    this.#draw.byKeys = false;
    const grip = gripAt(this.#target, info);
    const full = grip ? null : this.#target.full();
    if (full) this.#target.announce(full);
    else if (grip) this.parent?.transition("resizing", grip);
    else this.parent?.transition("dragging", info);
    return true;
  }

  get #draw() {
    return /** @type {DrawTool} */ (this.parent);
  }
}

/** The second corner follows the pointer. Shared by press-and-drag and click-click. */
class Stretching extends StateNode {
  /** @type {PointerInfo | null} */
  start = null;

  /**
   * @param {string} id
   * @param {BoxTarget} target
   */
  constructor(id, target) {
    super(id);
    this.target = target;
  }

  /** @param {PointerInfo} start */
  onEnter(start) {
    this.start = start;
    this.target.selection.clear();
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    const { surface, layer } = this.target;
    /** @type {DrawTool} */ (this.parent).moveTo(info.at);
    surface.setDraft({ layer, shape: this.target.draft(this.box(info)) });
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
    this.target.surface.setDraft(null);
  }

  /** @param {PointerInfo} info */
  box(info) {
    return boxBetween(this.start?.at ?? info.at, info.at, this.target.image());
  }

  /** @param {PointerInfo} info */
  finish(info) {
    this.target.add(this.box(info));
    this.parent?.transition("idle");
    return true;
  }
}

class Dragging extends Stretching {
  /** @param {BoxTarget} target */
  constructor(target) {
    super("dragging", target);
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    if (this.start && far(this.start.screen, info.screen)) return this.finish(info);
    this.parent?.transition("placing", this.start);
    return true;
  }
}

class Placing extends Stretching {
  /** @param {BoxTarget} target */
  constructor(target) {
    super("placing", target);
  }

  onPointerDown() {
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    // A double click on one place is no box.
    if (this.start && !far(this.start.screen, info.screen)) return this.onCancel();
    return this.finish(info);
  }
}
