import { StateNode } from "../../core/state-node.js";
import { DrawTool } from "../../label/image-objects/tool.js";
import { LEAST_RADIUS } from "./painting.js";
import { Stroke } from "./stroke.js";

/**
 * @typedef {import('../../label/image-objects/tool.js').ObjectTarget} ObjectTarget
 * @typedef {import('../../label/types.js').Translate} Translate
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').PointerInfo} PointerInfo
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 * @typedef {{shape: Shape | null, erase: boolean, at: Point}} Begun the object that is painted on, null for a new one
 */

const SIZES = { least: 2, first: 28, most: 400 };
const STEP = 1.25;

/**
 *     draw ─ idle ─ painting
 *
 * Paints on the selected object, or a new one. The brush keeps its size on the screen: nearer, it is finer.
 */
export class MaskDraw extends DrawTool {
  #t;
  #remove;
  #changed;
  #diameter = SIZES.first;
  #erasing = false;

  /**
   * @param {ObjectTarget} target
   * @param {Translate} t
   * @param {(id: string) => void} remove an object of which nothing is left
   * @param {() => void} changed whether it erases did
   */
  constructor(target, t, remove, changed) {
    super(target, [new Idle(target), new Painting(target)]);
    this.#t = t;
    this.#remove = remove;
    this.#changed = changed;
  }

  get erasing() {
    return this.#erasing;
  }

  /** @override */
  get otherwise() {
    return this.#erasing;
  }

  /**
   * @override
   * @param {{byKeys: boolean} | undefined} info
   */
  onEnter(info) {
    this.#erasing = false;
    super.onEnter(info);
  }

  /** @override */
  onExit() {
    super.onExit();
    this.target.surface.setRing(null);
  }

  /** @param {boolean} erasing */
  setErasing(erasing) {
    this.#erasing = erasing;
    this.show(erasing);
    this.#changed();
  }

  /** @param {1 | -1} direction */
  resize(direction) {
    const next = Math.round(direction > 0 ? this.#diameter * STEP + 0.5 : this.#diameter / STEP - 0.5);
    this.#diameter = Math.min(Math.max(next, SIZES.least), SIZES.most);
    this.target.announce(this.#t("Brush of {n} pixels", { n: this.#diameter }));
    this.show(this.#erasing);
  }

  /** Image pixels. */
  get radius() {
    return Math.max(this.#diameter / 2 / this.target.surface.view.scale, LEAST_RADIUS);
  }

  /**
   * @override
   * @param {Point} at
   */
  moveTo(at) {
    super.moveTo(at);
    if (!this.byKeys) this.target.surface.setGuides(null);
    this.show(this.#erasing);
  }

  /**
   * The brush as a circle.
   *
   * @param {boolean} erase
   */
  show(erase) {
    const { surface } = this.target;
    const at = this.active ? this.at : null;
    surface.setRing(at && { ...at, radius: this.radius * surface.view.scale, erase });
  }

  /**
   * What a stroke from here would be made on.
   *
   * @param {Point} at
   * @param {boolean} erase
   * @param {boolean} [touch]
   * @returns {Begun | null} null where none can begin; the reason has been said
   */
  begin(at, erase, touch = false) {
    const { layer, selection, surface } = this.target;
    const own = layer.shapes().filter((shape) => selection.has(shape.id));
    const chosen = own.length === 1 && selection.ids.length === 1 ? own[0] : undefined;
    if (chosen?.fixed) return this.#refused(this.#t("The object is locked."));
    if (chosen) return { shape: chosen, erase, at };
    const below = erase ? surface.pick(layer, at, touch)[0] : undefined;
    if (erase && !below) return this.#refused(this.#t("Nothing to erase here."));
    const full = below ? null : this.target.full();
    if (full) return this.#refused(full);
    selection.select(below?.id ?? null);
    return { shape: below ?? null, erase, at };
  }

  /**
   * @param {Stroke} stroke
   * @param {Shape | null} shape
   */
  finish(stroke, shape) {
    const mask = stroke.finished(this.target.image());
    if (mask === undefined) return;
    if (mask === null) {
      if (shape) this.#remove(shape.id);
      this.target.announce(this.#t("Nothing is left of the object: it is deleted."));
      return;
    }
    const refusal = this.target.refuse(mask);
    if (refusal) this.target.announce(refusal);
    else if (shape) this.target.commit(new Map([[shape.id, mask]]));
    else this.target.add(mask);
  }

  /** A dot at the crosshair. */
  dab() {
    const at = this.at ?? this.target.surface.center;
    const begun = this.begin(at, this.#erasing);
    if (!begun) return;
    const stroke = this.strokeOf(begun);
    this.finish(stroke, begun.shape);
  }

  /** @param {Begun} begun */
  strokeOf({ shape, erase, at }) {
    const { surface } = this.target;
    const stroke = new Stroke({
      base: shape?.geometry ?? null,
      radius: this.radius,
      erase,
      port: { ...surface.size },
    });
    stroke.add(at);
    return stroke;
  }

  /** @param {string} reason */
  #refused(reason) {
    this.target.announce(reason);
    return null;
  }
}

class Idle extends StateNode {
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
    const draw = this.#draw;
    draw.byKeys = false;
    draw.moveTo(info.at);
    const begun = draw.begin(info.at, draw.erasing !== info.shift, info.touch);
    if (begun) draw.transition("painting", begun);
    return true;
  }

  /** First the object is left, then drawing. */
  onCancel() {
    if (this.#target.selection.ids.length === 0) return false;
    this.#target.selection.clear();
    return true;
  }
}

class Painting extends StateNode {
  #target;
  /** @type {Stroke | null} */
  #stroke = null;
  /** @type {Shape | null} */
  #shape = null;

  /** @param {ObjectTarget} target */
  constructor(target) {
    super("painting");
    this.#target = target;
  }

  get #draw() {
    return /** @type {MaskDraw} */ (this.parent);
  }

  /** @param {Begun} begun */
  onEnter(begun) {
    this.#shape = begun.shape;
    this.#stroke = this.#draw.strokeOf(begun);
    this.#show();
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    this.#stroke?.add(info.at);
    this.#show();
    this.#draw.moveTo(info.at);
    this.#draw.show(this.#stroke?.erase ?? false);
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    this.#stroke?.add(info.at);
    if (this.#stroke) this.#draw.finish(this.#stroke, this.#shape);
    this.parent?.transition("idle");
    return true;
  }

  /** Two fingers move the picture: the stroke of the first was none. */
  onPointerLost() {
    return this.onCancel();
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
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
