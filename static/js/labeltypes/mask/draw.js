import { DrawTool } from "../../label/image-objects/tool.js";
import { LEAST_RADIUS } from "./painting.js";
import { Idle, Painting, Penned } from "./states.js";
import { Stroke } from "./stroke.js";

/**
 * @typedef {import('../../label/image-objects/tool.js').ObjectTarget} ObjectTarget
 * @typedef {import('../../label/types.js').Translate} Translate
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 * @typedef {{shape: Shape | null, erase: boolean, at: Point}} Begun the object that is painted on, null for a new one
 */

const SIZES = { least: 2, first: 28, most: 400 };
const STEP = 1.25;
/** What is seen at the pointer of a lasso, CSS pixels. */
const LASSO_RING = 3;

/**
 *     draw ─ idle ─┬─ painting (a pointer)
 *                  └─ penned (the keys)
 *
 * Paints on the selected object, or a new one, along the way or all inside it. The brush keeps its size on the screen:
 * nearer, it is finer.
 */
export class MaskDraw extends DrawTool {
  #t;
  #remove;
  #changed;
  #diameter = SIZES.first;
  #erasing = false;
  #lasso = false;

  /**
   * @param {ObjectTarget} target
   * @param {Translate} t
   * @param {(id: string) => void} remove an object of which nothing is left
   * @param {() => void} changed whether it erases, or what a stroke is, did
   */
  constructor(target, t, remove, changed) {
    super(target, [new Idle(target), new Painting(target), new Penned(target)]);
    this.#t = t;
    this.#remove = remove;
    this.#changed = changed;
  }

  get erasing() {
    return this.#erasing;
  }

  /** Whether a stroke takes all that it goes around. */
  get lasso() {
    return this.#lasso;
  }

  /** @override */
  get otherwise() {
    return this.#erasing || this.#lasso;
  }

  /** @override */
  get steered() {
    return super.steered || this.penned;
  }

  /** Whether the keys are in the middle of a stroke. */
  get penned() {
    return this.active && this.current?.id === "penned";
  }

  /** @override */
  get unfinished() {
    return this.penned ? this.#t("The pen is down: Enter lifts it, Esc takes the stroke back.") : null;
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

  /** @param {boolean} lasso */
  setLasso(lasso) {
    this.#lasso = lasso;
    this.target.announce(lasso ? this.#t("Lasso: all inside the line.") : this.#t("Brush"));
    this.show(this.#erasing);
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
    const radius = this.#lasso ? LASSO_RING : this.radius * surface.view.scale;
    surface.setRing(at && { ...at, radius, erase });
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

  /** A dot at the crosshair; the end of a stroke that the keys have begun. */
  dab() {
    if (this.penned) {
      this.penUp();
      return;
    }
    const begun = this.#lasso ? null : this.#begunHere();
    if (begun) this.finish(this.strokeOf(begun), begun.shape);
    else if (this.#lasso) this.penDown();
  }

  /** From here on the arrows draw. */
  penDown() {
    const begun = this.#begunHere();
    if (begun) this.transition("penned", begun);
  }

  penUp() {
    if (this.penned) this.current?.dispatch("Complete");
  }

  #begunHere() {
    return this.begin(this.at ?? this.target.surface.center, this.#erasing);
  }

  /**
   * @override
   * @param {number} dx CSS pixels
   * @param {number} dy CSS pixels
   */
  step(dx, dy) {
    super.step(dx, dy);
    if (this.penned) this.current?.dispatch("Step");
  }

  /** @param {Begun} begun */
  strokeOf({ shape, erase, at }) {
    const { surface } = this.target;
    const stroke = new Stroke({
      base: shape?.geometry ?? null,
      radius: this.radius,
      lasso: this.#lasso,
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
