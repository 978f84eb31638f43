import { StateNode } from "../../core/state-node.js";
import { bindSegmentKeys } from "./keys.js";

/**
 * @typedef {import('./segments.js').Segments} Segments
 * @typedef {import('./segments.js').Ends} Ends
 * @typedef {{time: number}} At
 * @typedef {{id: string, edge: 'start' | 'end', time: number}} Handled
 */

/**
 * @param {Segments} segments
 * @returns {import('../../label/types.js').Tool & {waiting: Waiting, root: StateNode}}
 */
export function createTool(segments) {
  const { ctx } = segments;
  const waiting = new Waiting(segments);
  const root = new SegmentTool(segments, [
    new Idle(segments),
    new Drawing(segments),
    new Begun(segments),
    waiting,
    new Resizing(segments),
  ]);
  bindSegmentKeys(segments, root);
  ctx.selection.subscribe(() => {
    const { selected, surface, now } = segments;
    if (!selected || !surface) return;
    surface.reveal(selected.start, selected.end);
    if (surface.player.loop) surface.player.loop = { start: selected.start, end: selected.end };
    if (now < selected.start || now > selected.end) surface.seek(selected.start);
  }, ctx.scope);
  return {
    root,
    waiting,
    unfinished: () =>
      waiting.active ? ctx.t("The new segment has no class yet: press the key of a class, or Esc") : null,
  };
}

/** What means the same in every state. */
class SegmentTool extends StateNode {
  #segments;

  /**
   * @param {Segments} segments
   * @param {StateNode[]} children
   */
  constructor(segments, children) {
    super("segment", { children });
    this.#segments = segments;
  }

  /** Begins a segment at the playhead, or moves the start of the selected one there. */
  onIn() {
    const { selected, now } = this.#segments;
    if (selected) this.#segments.resize(selected, { start: now });
    else this.transition("begun", { time: now });
    return true;
  }

  /** Ends the segment that was begun, or moves the end of the selected one. */
  onOut() {
    const { selected, now, ctx } = this.#segments;
    if (selected) this.#segments.resize(selected, { end: now });
    else ctx.announce(ctx.t("Press I where the segment begins"));
    return true;
  }

  /** Plays the selected segment again and again, or stops doing so. */
  onLoop() {
    const { selected, surface, ctx } = this.#segments;
    if (!surface) return true;
    if (surface.player.loop) surface.player.loop = null;
    else if (selected) {
      surface.player.loop = { start: selected.start, end: selected.end };
      surface.player.play();
    } else ctx.announce(ctx.t("Select a segment to repeat it"));
    return true;
  }
}

/** Nothing is being drawn; a segment may be selected. */
class Idle extends StateNode {
  #segments;

  /** @param {Segments} segments */
  constructor(segments) {
    super("idle");
    this.#segments = segments;
  }

  /** @param {{id: string | null}} clicked */
  onClick({ id }) {
    const { ctx, regions } = this.#segments;
    if (id !== null && regions.get(id)) {
      ctx.activate();
      ctx.selection.select(id);
    } else ctx.selection.clear();
    return true;
  }

  /** @param {At} at */
  onDrawStart(at) {
    if (this.#segments.ctx.readOnly) return false;
    this.#segments.ctx.selection.clear();
    this.#segments.ctx.activate();
    this.parent?.transition("drawing", at);
    return true;
  }

  /** @param {Handled} handled */
  onHandleDown(handled) {
    this.parent?.transition("resizing", handled);
    return true;
  }

  onCancel() {
    const { regions, selected } = this.#segments;
    if (regions.classes.length < 2 || regions.chosen === null || selected) return false;
    regions.choose(null);
    return true;
  }
}

/** A segment follows the pointer. */
class Drawing extends StateNode {
  #segments;
  #anchor = 0;
  /** @type {Ends} */
  #ends = { start: 0, end: 0 };

  /** @param {Segments} segments */
  constructor(segments) {
    super("drawing");
    this.#segments = segments;
  }

  /** @param {At} at */
  onEnter({ time }) {
    this.#anchor = this.#segments.snap(time);
    this.onDrawMove({ time });
  }

  onExit() {
    this.#segments.surface?.setGhost(null);
  }

  /** @param {At} at */
  onDrawMove({ time }) {
    const other = this.#segments.snap(time);
    this.#ends = { start: Math.min(this.#anchor, other), end: Math.max(this.#anchor, other) };
    this.#segments.surface?.setGhost({ ...this.#ends, color: ghostColor(this.#segments) });
    return true;
  }

  /** @param {At} at */
  onDrawEnd(at) {
    this.onDrawMove(at);
    finish(this.#segments, this, this.#ends);
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

/** A segment was begun by key and ends where the playhead is. */
class Begun extends StateNode {
  #segments;
  #start = 0;

  /** @param {Segments} segments */
  constructor(segments) {
    super("begun");
    this.#segments = segments;
  }

  /** @param {At} at */
  onEnter({ time }) {
    const { ctx } = this.#segments;
    this.#start = this.#segments.snap(time);
    ctx.announce(ctx.t("Begun: press O where it ends"));
    this.onTimeMove();
  }

  onExit() {
    this.#segments.surface?.setGhost(null);
  }

  onTimeMove() {
    this.#segments.surface?.setGhost({ ...this.#ends(), color: ghostColor(this.#segments) });
    return true;
  }

  onIn() {
    this.parent?.transition("begun", { time: this.#segments.now });
    return true;
  }

  onOut() {
    finish(this.#segments, this, this.#ends());
    return true;
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }

  #ends() {
    const { now } = this.#segments;
    return { start: Math.min(this.#start, now), end: Math.max(this.#start, now) };
  }
}

/** A segment has its ends and waits for its class. */
class Waiting extends StateNode {
  #segments;
  /** @type {Ends | null} */
  #ends = null;

  /** @param {Segments} segments */
  constructor(segments) {
    super("waiting");
    this.#segments = segments;
  }

  /** @param {Ends} ends */
  onEnter(ends) {
    const { ctx } = this.#segments;
    this.#ends = ends;
    this.#segments.surface?.setGhost({ ...ends, color: ghostColor(this.#segments) });
    ctx.announce(ctx.t("Which class? Press its key"));
  }

  onExit() {
    this.#ends = null;
    this.#segments.surface?.setGhost(null);
  }

  /**
   * @param {string} name of a class
   * @returns {boolean} whether something waited
   */
  take(name) {
    const ends = this.#ends;
    if (!ends) return false;
    this.parent?.transition("idle");
    this.#segments.add(ends, name);
    return true;
  }

  /** @param {At} at */
  onDrawStart(at) {
    this.parent?.transition("drawing", at);
    return true;
  }

  onClick() {
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

/** An end is being dragged; nothing is stored before it is let go. */
class Resizing extends StateNode {
  #segments;
  /** @type {Ends | null} */
  #ends = null;

  /** @param {Segments} segments */
  constructor(segments) {
    super("resizing");
    this.#segments = segments;
  }

  /** @param {Handled} handled */
  onHandleMove({ id, edge, time }) {
    const segment = this.#segments.regions.get(id);
    if (!segment) return true;
    const fixed = edge === "start" ? segment.end : segment.start;
    const moved = this.#segments.snap(time, id);
    this.#ends = { start: Math.min(fixed, moved), end: Math.max(fixed, moved) };
    this.#segments.preview(segment, this.#ends);
    return true;
  }

  /** @param {Handled} handled */
  onHandleUp({ id }) {
    const segment = this.#segments.regions.get(id);
    if (segment && this.#ends) this.#segments.resize(segment, this.#ends);
    this.parent?.transition("idle");
    return true;
  }

  onExit() {
    this.#ends = null;
    this.#segments.dropPreview();
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }
}

/**
 * Makes the segment with the class that is chosen, or waits for one.
 * @param {Segments} segments
 * @param {StateNode} state
 * @param {Ends} ends
 */
function finish(segments, state, ends) {
  const { regions } = segments;
  const chosen = regions.chosen;
  if (chosen === null && ends.end > ends.start) {
    state.parent?.transition("waiting", ends);
    return;
  }
  state.parent?.transition("idle");
  if (chosen !== null) segments.add(ends, chosen);
}

/** @param {Segments} segments */
function ghostColor({ regions }) {
  return regions.chosen === null ? "var(--text-muted)" : regions.color(regions.chosen);
}
