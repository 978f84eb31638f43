import { StateNode } from "../../core/state-node.js";
import { DrawTool } from "../../label/image-objects/tool.js";
import { cornerIn } from "../../surfaces/image/polygons.js";
import { gripAt, Resizing } from "../../surfaces/image/tools/select.js";
import { pathKind } from "./kind.js";
import { LEAST_POINTS, MAX_POINTS } from "./limits.js";

/**
 * @typedef {import('../../label/image-objects/tool.js').ObjectTarget} ObjectTarget
 * @typedef {import('../../label/types.js').Translate} Translate
 * @typedef {import('../../surfaces/image/types.js').Grip} Grip
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').PointerInfo} PointerInfo
 * @typedef {import('../../surfaces/image/polygons.js').Corner} Corner
 */

/**
 *     draw ─ idle ─┬─ placing (a point at every click, until the outline is closed)
 *                  └─ resizing
 *
 * The points stay when another field takes the surface, and until they are closed or cancelled.
 */
export class PolygonDraw extends DrawTool {
  #t;
  #changed;
  /** @type {readonly Corner[]} */
  #points = [];
  /** Taken back, the last one last. @type {readonly Corner[]} */
  #undone = [];

  /**
   * @param {ObjectTarget} target
   * @param {Translate} t
   * @param {() => void} changed whether there are points did
   */
  constructor(target, t, changed) {
    super(target, [new Idle(target), new Placing(target), new Resizing(target)]);
    this.#t = t;
    this.#changed = changed;
  }

  get points() {
    return this.#points;
  }

  /** @override */
  get steered() {
    return super.steered || this.placing;
  }

  /** Whether an outline has been begun. */
  get placing() {
    return this.active && this.current?.id === "placing";
  }

  /** @override */
  get unfinished() {
    return this.#points.length
      ? this.#t("An outline is not closed yet: Enter closes it, Esc cancels it.")
      : null;
  }

  /**
   * @override
   * @returns {import('../../label/types.js').Json | null}
   */
  get begun() {
    return this.#points.length ? this.#points.map(([x, y]) => [x, y]) : null;
  }

  /**
   * @override
   * @param {import('../../label/types.js').Json} begun points, of a draft that anybody may have written
   */
  resume(begun) {
    const image = this.target.image();
    const points = (Array.isArray(begun) ? begun : []).slice(0, MAX_POINTS).flatMap((point) => {
      const [x, y] = Array.isArray(point) ? point : [];
      return typeof x === "number" && typeof y === "number" ? [cornerIn({ x, y }, image)] : [];
    });
    const last = points.at(-1);
    if (!last) return;
    this.at = { x: last[0], y: last[1] };
    this.#set(points, []);
    if (this.active) this.transition("placing");
    this.target.announce(
      this.#t("The outline that you began is here again: Enter closes it, Esc cancels it."),
    );
  }

  /**
   * @override
   * @param {{byKeys: boolean} | undefined} info
   */
  onEnter(info) {
    super.onEnter(info);
    if (this.#points.length) this.transition("placing");
  }

  /**
   * @override
   * @param {Point} at
   */
  moveTo(at) {
    super.moveTo(at);
    // A hand sees its pointer; lines across the picture are for the keys.
    if (!this.byKeys) this.target.surface.setGuides(null);
    if (this.placing) this.show();
  }

  /**
   * A point, or the end: on the first point, and on the last one again.
   *
   * @param {Point} at
   * @param {boolean} [touch]
   */
  put(at, touch = false) {
    if (this.#closesAt(at, touch) || this.#repeatsAt(at, touch)) {
      // The second half of a double click begins nothing; a key that does nothing says why.
      if (this.byKeys || this.#points.length >= LEAST_POINTS) this.close();
      return;
    }
    if (this.#points.length >= MAX_POINTS) {
      this.target.announce(this.#t("At most {n} points are allowed.", { n: MAX_POINTS }));
      return;
    }
    this.#set([...this.#points, cornerIn(at, this.target.image())], []);
  }

  /** Takes the last point back; after the first there is no outline. */
  takeBack() {
    const last = this.#points.at(-1);
    if (last) this.#set(this.#points.slice(0, -1), [...this.#undone, last]);
    if (this.#points.length === 0) this.#end();
  }

  restore() {
    const last = this.#undone.at(-1);
    if (last) this.#set([...this.#points, last], this.#undone.slice(0, -1));
  }

  /** Makes an object of the points; where that is refused they stay, to be taken back. */
  close() {
    if (this.target.add(this.#points)) this.#end();
  }

  cancel() {
    this.#end();
  }

  /** What Enter does: a point where the keys have moved the crosshair to, else the end. */
  pressEnter() {
    const full = this.placing ? null : this.target.full();
    if (full) {
      this.target.announce(full);
      return;
    }
    if (!this.placing) this.transition("placing");
    if (this.byKeys && this.at) this.put(this.at);
    else this.close();
  }

  /** Draws the outline as far as it goes, with a line to the pointer. */
  show() {
    const { surface, layer } = this.target;
    const to = this.at && cornerIn(this.at, this.target.image());
    const path = to ? [...this.#points, to] : this.#points;
    if (this.#points.length === 0) surface.setDraft(null);
    else {
      const shape = this.target.draft(path);
      surface.setDraft({ layer: { ...layer, kind: pathKind }, shape, marks: this.#marks() });
    }
  }

  /** @returns {Grip[]} */
  #marks() {
    const closing = this.at !== null && this.#closesAt(this.at, false);
    return this.#points.map(([x, y], index) => ({
      id: String(index),
      x,
      y,
      cursor: "",
      look: index === 0 && this.#points.length >= LEAST_POINTS ? (closing ? "closing" : "chosen") : "point",
    }));
  }

  /**
   * @param {Point} at
   * @param {boolean} touch
   */
  #closesAt(at, touch) {
    return this.#points.length >= LEAST_POINTS && this.#isNear(at, this.#points[0], touch ? 16 : 10);
  }

  /**
   * @param {Point} at
   * @param {boolean} touch
   */
  #repeatsAt(at, touch) {
    return this.#isNear(at, this.#points.at(-1), touch ? 10 : 4);
  }

  /**
   * @param {Point} at
   * @param {Corner | undefined} corner
   * @param {number} reach CSS pixels
   */
  #isNear({ x, y }, corner, reach) {
    if (!corner) return false;
    return Math.hypot(x - corner[0], y - corner[1]) * this.target.surface.view.scale <= reach;
  }

  /**
   * @param {readonly Corner[]} points
   * @param {readonly Corner[]} undone
   */
  #set(points, undone) {
    [this.#points, this.#undone] = [points, undone];
    this.show();
    this.#changed();
  }

  #end() {
    this.#set([], []);
    if (this.placing) this.transition("idle");
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
    return /** @type {PolygonDraw} */ (this.parent);
  }

  onEnter() {
    this.#target.surface.setCursor("crosshair");
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    const grip = gripAt(this.#target, info);
    this.#target.surface.setCursor(grip?.grip.cursor ?? "crosshair");
    if (!grip) this.#draw.moveTo(info.at);
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerDown(info) {
    this.#draw.byKeys = false;
    const grip = gripAt(this.#target, info);
    const full = grip ? null : this.#target.full();
    if (full) this.#target.announce(full);
    else if (grip) this.parent?.transition("resizing", grip);
    else this.parent?.transition("placing", info);
    return true;
  }
}

/** Every release of the pointer is a point: a finger that lies on the picture sees first where it would be. */
class Placing extends StateNode {
  #target;
  #pressed = false;

  /** @param {ObjectTarget} target */
  constructor(target) {
    super("placing");
    this.#target = target;
  }

  get #draw() {
    return /** @type {PolygonDraw} */ (this.parent);
  }

  /** @param {PointerInfo | undefined} info the press that began it, if one did */
  onEnter(info) {
    this.#pressed = info !== undefined;
    this.#target.selection.clear();
    this.#target.surface.setCursor("crosshair");
    this.#draw.show();
  }

  /** @param {PointerInfo} info */
  onPointerMove(info) {
    this.#draw.byKeys = false;
    this.#draw.moveTo(info.at);
    return true;
  }

  onPointerDown() {
    this.#pressed = true;
    return true;
  }

  /** @param {PointerInfo} info */
  onPointerUp(info) {
    if (!this.#pressed) return true;
    this.#pressed = false;
    this.#draw.byKeys = false;
    this.#draw.moveTo(info.at);
    this.#draw.put(info.at, info.touch);
    return true;
  }

  /** Two fingers move the picture; the points stay. */
  onPointerLost() {
    this.#pressed = false;
    if (this.#draw.points.length === 0) this.#draw.cancel();
    return true;
  }

  onCancel() {
    this.#draw.cancel();
    return true;
  }

  onUndo() {
    this.#draw.takeBack();
    return true;
  }

  /** Also where there is none: what was undone before must not come back meanwhile. */
  onRedo() {
    this.#draw.restore();
    return true;
  }

  onInterrupt() {
    this.#draw.cancel();
  }

  onExit() {
    this.#target.surface.setDraft(null);
  }
}
