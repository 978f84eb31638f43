import { h, keepFocus } from "../../core/dom.js";
import { StateNode } from "../../core/state-node.js";
import { createClassPalette } from "../../label/class-palette.js";
import { bindSpanKeys } from "./keys.js";

/**
 * @typedef {import('./spans.js').Spans} Spans
 * @typedef {{start: number, end: number, by: string}} Chosen
 * @typedef {{offset: number | null, ids: string[]}} Clicked
 * @typedef {{id: string, handle: 'start' | 'end', offset: number | null}} Handled
 */

/**
 * @param {Spans} spans
 * @returns {import('../../label/types.js').Tool}
 */
export function createTool(spans) {
  bindSpanKeys(spans);
  const { ctx } = spans;
  ctx.selection.subscribe(() => {
    const { selected, surface } = spans;
    if (!selected || !surface) return;
    const { start, end } = spans.shown(selected);
    surface.reveal(start, end);
  }, ctx.scope);
  return {
    root: new StateNode("span", { children: [new Idle(spans), new Waiting(spans), new Resizing(spans)] }),
  };
}

/** Nothing is selected in the text; a span may be. */
class Idle extends StateNode {
  #spans;

  /** @param {Spans} spans */
  constructor(spans) {
    super("idle");
    this.#spans = spans;
  }

  /** @param {Chosen} chosen */
  onSelectionEnd(chosen) {
    const { regions, ctx } = this.#spans;
    if (ctx.readOnly) return true;
    ctx.selection.clear();
    ctx.activate();
    // With a class chosen before, letting the mouse go is enough; a keyboard selection may still grow.
    const marks = regions.chosen !== null && chosen.by === "mouse";
    if (!marks || !this.#spans.markSelection(regions.chosen ?? ""))
      this.parent?.transition("waiting", chosen);
    return true;
  }

  /** @param {Clicked} clicked */
  onClick({ ids }) {
    const { ctx, regions } = this.#spans;
    const own = ids.filter((id) => regions.get(id));
    const now = ctx.selection.primary;
    // Clicking again goes to the next of those that lie over one another.
    const next = own[(own.indexOf(now ?? "") + 1) % own.length] ?? null;
    if (next || now) ctx.selection.select(next);
    return next !== null;
  }

  onCaretMove() {
    this.#spans.ctx.selection.clear();
  }

  /** @param {Handled} info */
  onHandleDown(info) {
    this.parent?.transition("resizing", info);
    return true;
  }

  onCancel() {
    const { regions } = this.#spans;
    if (regions.classes.length < 2 || regions.chosen === null || this.#spans.selected) return false;
    regions.choose(null);
    return true;
  }
}

/** A range of the text is selected and waits for its class. */
class Waiting extends StateNode {
  #spans;
  #palette;

  /** @param {Spans} spans */
  constructor(spans) {
    super("waiting");
    this.#spans = spans;
    const { ctx, regions } = spans;
    const few = regions.classes.length <= 12 && !ctx.readOnly;
    this.#palette = few ? createClassPalette(ctx, regions, (name) => spans.markSelection(name)) : null;
    if (this.#palette) keepFocus(this.#palette.element, ctx.scope);
  }

  /** @param {Chosen} chosen */
  onEnter(chosen) {
    if (this.#palette)
      this.#spans.surface?.showPopup(h("div", { class: "tx-popup-box" }, [this.#palette.element]), chosen);
    this.#palette?.render();
  }

  onExit() {
    this.#spans.surface?.hidePopup();
  }

  /** @param {Chosen} chosen */
  onSelectionEnd(chosen) {
    this.parent?.transition("waiting", chosen);
    return true;
  }

  onCaretMove() {
    this.parent?.transition("idle");
  }

  /** @param {Clicked} info */
  onClick(info) {
    this.parent?.transition("idle");
    return this.parent?.current?.dispatch("Click", info);
  }

  /** @param {Handled} info */
  onHandleDown(info) {
    this.parent?.transition("resizing", info);
    return true;
  }

  onCancel() {
    const { surface } = this.#spans;
    surface?.clearSelection();
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }
}

/** A handle is being dragged; nothing is stored before it is let go. */
class Resizing extends StateNode {
  #spans;
  /** @type {import('../../surfaces/text/words.js').TextRange | null} */
  #range = null;

  /** @param {Spans} spans */
  constructor(spans) {
    super("resizing");
    this.#spans = spans;
  }

  /** @param {Handled} info */
  onHandleMove({ id, handle, offset }) {
    const span = this.#spans.regions.get(id);
    if (!span || offset === null) return true;
    const shown = this.#spans.shown(span);
    const fixed = handle === "start" ? shown.end : shown.start;
    if (offset === fixed) return true;
    this.#range = this.#spans.snap({ start: Math.min(fixed, offset), end: Math.max(fixed, offset) });
    this.#spans.preview(span, this.#range);
    return true;
  }

  /** @param {Handled} info */
  onHandleUp({ id }) {
    const span = this.#spans.regions.get(id);
    if (span && this.#range) this.#spans.resize(span, this.#range);
    this.parent?.transition("idle");
    return true;
  }

  onExit() {
    this.#range = null;
    this.#spans.dropPreview();
  }

  onCancel() {
    this.parent?.transition("idle");
    return true;
  }

  onInterrupt() {
    this.parent?.transition("idle");
  }
}
