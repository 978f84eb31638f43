import { StateNode } from "../../core/state-node.js";

/**
 * @typedef {import('../../label/image-objects/tool.js').ObjectTarget} ObjectTarget
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').PointerInfo} PointerInfo
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 * @typedef {import('./draw.js').Begun} Begun
 * @typedef {import('./draw.js').MaskDraw} MaskDraw
 * @typedef {import('./stroke.js').Stroke} Stroke
 */

export class Idle extends StateNode {
  #target;

  /** @param {ObjectTarget} target */
  constructor(target) {
    super("idle");
    this.#target = target;
  }

  get #draw() {
    return /** @type {MaskDraw} */ (this.parent);
  }

  onEnter() {
    this.#target.surface.setCursor("crosshair");
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    this.#draw.moveTo(info.at);
    this.#draw.show(this.#draw.erasing !== info.shift);
    return true;
  }

  onPointerLeave() {
    if (!this.#draw.byKeys) this.#target.surface.setRing(null);
  }

  /** @param {PointerInfo} info */
  onPointerDown(info) {
    this.#begin(info, this.#draw.erasing !== info.shift);
    return true;
  }

  /** @param {PointerInfo} info the right button erases, and paints while the left one erases */
  onOtherDown(info) {
    this.#begin(info, !this.#draw.erasing);
    return true;
  }

  onContextMenu() {
    return true;
  }

  /**
   * @param {PointerInfo} info
   * @param {boolean} erase
   */
  #begin(info, erase) {
    const draw = this.#draw;
    draw.byKeys = false;
    draw.moveTo(info.at);
    const begun = draw.begin(info.at, erase, info.touch);
    if (begun) draw.transition("painting", begun);
  }

  /** First the object is left, then drawing. */
  onCancel() {
    if (this.#target.selection.ids.length === 0) return false;
    this.#target.selection.clear();
    return true;
  }
}

/** A stroke on its way: seen, finished once, or dropped. */
class InStroke extends StateNode {
  #target;
  /** @type {Stroke | null} */
  #stroke = null;
  /** @type {Shape | null} */
  #shape = null;

  /**
   * @param {string} id
   * @param {ObjectTarget} target
   */
  constructor(id, target) {
    super(id);
    this.#target = target;
  }

  get draw() {
    return /** @type {MaskDraw} */ (this.parent);
  }

  /** @param {Begun} begun */
  onEnter(begun) {
    this.#shape = begun.shape;
    this.#stroke = this.draw.strokeOf(begun);
    this.#show();
  }

  /** @param {Point} at */
  add(at) {
    this.#stroke?.add(at);
    this.#show();
    this.draw.show(this.#stroke?.erase ?? false);
  }

  finish() {
    if (this.#stroke) this.draw.finish(this.#stroke, this.#shape);
    this.draw.transition("idle");
  }

  onContextMenu() {
    return true;
  }

  onCancel() {
    this.draw.transition("idle");
    return true;
  }

  onInterrupt() {
    this.draw.transition("idle");
  }

  onExit() {
    this.#stroke = null;
    this.#target.surface.setPreview(new Map());
    this.#target.surface.setDraft(null);
  }

  #show() {
    const { surface, layer } = this.#target;
    if (this.#shape) surface.setPreview(new Map([[this.#shape.id, this.#stroke]]));
    else surface.setDraft({ layer, shape: this.#target.draft(this.#stroke) });
  }
}

/** A stroke by mouse, pen or finger. */
export class Painting extends InStroke {
  /** @param {ObjectTarget} target */
  constructor(target) {
    super("painting", target);
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    this.draw.moveTo(info.at);
    this.add(info.at);
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    this.add(info.at);
    this.finish();
    return true;
  }

  /** Two fingers move the picture: the stroke of the first was none. */
  onPointerLost() {
    return this.onCancel();
  }
}

/** A stroke by keys: the pen is down, and every step of the crosshair draws. */
export class Penned extends InStroke {
  /** @param {ObjectTarget} target */
  constructor(target) {
    super("penned", target);
  }

  onStep() {
    if (this.draw.at) this.add(this.draw.at);
    return true;
  }

  onComplete() {
    this.finish();
    return true;
  }

  onUndo() {
    return this.onCancel();
  }

  onRedo() {
    return true;
  }

  /** The pointer waits until the pen is lifted. */
  onPointerMove() {
    return true;
  }

  onPointerDown() {
    return true;
  }

  onOtherDown() {
    return true;
  }
}
