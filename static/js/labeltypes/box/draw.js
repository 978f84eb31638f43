import { StateNode } from "../../core/state-node.js";
import { DrawTool } from "../../label/image-objects/tool.js";
import { boxAround, boxBetween } from "../../surfaces/image/boxes.js";
import { far, gripAt, Resizing } from "../../surfaces/image/tools/select.js";

/**
 * @typedef {import('../../label/image-objects/tool.js').ObjectTarget} ObjectTarget
 * @typedef {import('../../surfaces/image/types.js').PointerInfo} PointerInfo
 */

/** A box made by keys is this share of what is visible. */
const DEFAULT_SHARE = 0.2;

/**
 *     draw ─ idle ─┬─ dragging ─┐
 *                  │            └─ placing (click, click)
 *                  └─ resizing
 */
export class BoxDraw extends DrawTool {
  /** @param {ObjectTarget} target */
  constructor(target) {
    super(target, [new Idle(target), new Dragging(target), new Placing(target), new Resizing(target)]);
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

/**
 * @param {import('../../label/types.js').Ctx} ctx
 * @param {import('../../label/image-objects/tool.js').ObjectTool & {draw: BoxDraw}} tool
 */
export function bindMakeKey(ctx, tool) {
  const make = () => {
    // Then the arrows move and resize what was made.
    if (tool.draw.make()) tool.use("select");
  };
  ctx.keys.bind("Enter", make, {
    id: `${ctx.field.name}.make`,
    title: ctx.t("Make a box at the crosshair"),
    when: () => tool.steered,
  });
}

class Idle extends StateNode {
  #target;

  /** @param {ObjectTarget} target */
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
   * @param {ObjectTarget} target
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
  /** @param {ObjectTarget} target */
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
  /** @param {ObjectTarget} target */
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
