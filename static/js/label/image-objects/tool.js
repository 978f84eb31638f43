import { StateNode } from "../../core/state-node.js";
import { SelectTool } from "../../surfaces/image/tools/select.js";
import { shownKey } from "./free-key.js";
import { bindToolKeys } from "./keys.js";
import { surfaceOf } from "./object-list.js";
import { objectLayer, objectsOf } from "./objects.js";

/**
 * @typedef {import('../types.js').Ctx} Ctx
 * @typedef {import('./objects.js').ObjectKind} ObjectKind
 * @typedef {import('../../surfaces/image/types.js').Target} Target
 * @typedef {import('../../surfaces/image/types.js').Point} Point
 * @typedef {import('../../surfaces/image/types.js').Shape} Shape
 *
 * @typedef {Target & {
 *   image: () => {width: number, height: number},
 *   full: () => string | null,
 *   add: (geometry: any) => boolean,
 *   draft: (geometry: any) => Shape,
 * }} ObjectTarget
 */

const ARROW = "M5 3l14 8-6 2-3 6z";

/**
 *     box ─┬─ select …
 *          └─ draw … (the type's own)
 *
 * Remembers which of the two was in use, from field to field and item to item.
 */
export class ObjectTool extends StateNode {
  /** @type {'select' | 'draw'} */
  #mode;
  #changed;

  /**
   * @param {string} id
   * @param {ObjectTarget} target
   * @param {DrawTool} draw
   * @param {() => void} changed the mode did
   */
  constructor(id, target, draw, changed) {
    super(id, { children: [new SelectTool(target), draw] });
    this.target = target;
    this.draw = draw;
    this.#mode = target.editable ? "draw" : "select";
    this.#changed = changed;
  }

  get mode() {
    return this.#mode;
  }

  /** Whether the keys steer the crosshair. */
  get steered() {
    return this.#mode === "draw" && this.draw.steered;
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
   * @param {{byKeys: boolean}} [info] whether the keys steer
   */
  use(mode, info) {
    const refusal = this.draw.unfinished;
    if (refusal) {
      this.target.announce(refusal);
      return;
    }
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

/** Drawing new objects; the type says how, by states of which the first is `idle`. */
export class DrawTool extends StateNode {
  /**
   * @param {ObjectTarget} target
   * @param {StateNode[]} children
   */
  constructor(target, children) {
    super("draw", { children });
    this.target = target;
    /** Where the crosshair is, image pixels. @type {Point | null} */
    this.at = null;
    /** The keys steer. */
    this.byKeys = false;
  }

  /** Whether the keys steer the crosshair. */
  get steered() {
    return this.active && this.byKeys && this.current?.id === "idle";
  }

  /** Why what has been begun must be ended first, or null. @returns {string | null} */
  get unfinished() {
    return null;
  }

  /** What has been begun, to be kept with the draft. @returns {import('../types.js').Json | null} */
  get begun() {
    return null;
  }

  /** @param {import('../types.js').Json} _begun what this gave */
  resume(_begun) {}

  /** Whether it does something else just now than what its button says. */
  get otherwise() {
    return false;
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
}

/**
 * What a type's tool works on, and its tool with keys and buttons.
 *
 * @template {DrawTool} D
 * @param {Ctx} ctx
 * @param {ObjectKind} kind
 * @param {object} options
 * @param {(target: ObjectTarget) => D} options.draw
 * @param {Partial<ObjectTarget>} [options.target] what the type does otherwise
 * @param {(tool: ObjectTool & {draw: D}) => void} [options.bindKeys] the type's own, which come first
 * @param {(tool: ObjectTool & {draw: D}) => void} [options.addButtons] the type's own, which come last
 * @param {{title: string, path: string}} options.button for drawing
 * @returns {import('../types.js').Tool}
 */
export function createObjectTool(ctx, kind, { draw, target: own = {}, bindKeys, addButtons, button }) {
  const objects = objectsOf(ctx, kind);
  const surface = surfaceOf(ctx);
  /** @type {ObjectTarget} */
  const target = {
    layer: objectLayer(ctx, objects),
    surface,
    draft: (geometry) => {
      const { color, title } = objects.look(objects.chosen);
      return { id: "", geometry, style: { color, dash: [], width: 2, title }, fixed: false };
    },
    selection: ctx.selection,
    editable: !ctx.readOnly,
    image: () => surface.image,
    full: () => objects.full,
    add: (geometry) => objects.add(geometry),
    refuse: (geometry) => objects.refuse(geometry),
    commit: (changes, merge) => objects.place(changes, merge),
    announce: ctx.announce,
    ...own,
  };
  const drawing = draw(target);
  const root = /** @type {ObjectTool & {draw: D}} */ (
    new ObjectTool(kind.key, target, drawing, () => surface.strip.update())
  );
  if (!ctx.readOnly) {
    bindKeys?.(root);
    bindToolKeys(ctx, objects, root);
    addButton(ctx, root, "select", ctx.t("Select and move"), ARROW, "v");
    addButton(ctx, root, "draw", button.title, button.path, kind.letter);
    addButtons?.(root);
  }
  return {
    root,
    unfinished: () => drawing.unfinished,
    begun: () => drawing.begun,
    resume: (begun) => {
      root.use("draw");
      drawing.resume(begun);
    },
  };
}

/**
 * @param {Ctx} ctx
 * @param {ObjectTool} root
 * @param {'select' | 'draw'} mode
 * @param {string} title
 * @param {string} path
 * @param {string} key
 */
function addButton(ctx, root, mode, title, path, key) {
  const run = () => {
    ctx.activate();
    root.use(mode);
    ctx.surface?.focus();
  };
  const pressed = () => root.mode === mode && !(mode === "draw" && root.draw.otherwise);
  const shown = () => root.active;
  surfaceOf(ctx).strip.add({ title, path, key: shownKey(ctx, key), run, pressed, shown }, ctx.scope);
}
