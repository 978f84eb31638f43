import { CodePoints } from "../../core/codepoints.js";
import { h } from "../../core/dom.js";
import { Caret, offsetAtPoint } from "./caret.js";
import { bindCaretKeys } from "./caret-keys.js";
import { Lines } from "./lines.js";
import { Marks } from "./marks.js";
import { listenToPointer } from "./pointer.js";
import { createReader } from "./reader.js";

/**
 * @typedef {import('../../label/types.js').SurfaceCtx} SurfaceCtx
 * @typedef {import('../../label/types.js').Tool} Tool
 * @typedef {import('../../label/types.js').Media} Media
 * @typedef {import('./marks.js').Mark} Mark
 * @typedef {import('./words.js').TextRange} TextRange
 */

/** @type {import('../../label/types.js').SurfaceModule} */
export default { kind: "text", createSurface: (ctx) => new TextSurface(ctx) };

/**
 * A text to read and to mark. All offsets here are UTF-16 units of the text as imported; `points` converts.
 *
 * Tools get `SelectionEnd` (`{start, end, by}`: a range was chosen), `Click` (`{offset, ids}`), `HandleDown`, `HandleMove`,
 * `HandleUp` (`{id, handle, offset}`) and `CaretMove`.
 */
export class TextSurface {
  kind = "text";
  /** @type {Tool | null} */
  #tool = null;
  /** @type {Map<string, readonly Mark[]>} */
  #owners = new Map();
  #popup = h("div", { class: "tx-popup", hidden: true });
  #caretElement = h("div", { class: "tx-caret", hidden: true, "aria-hidden": "true" });
  #redraw;
  #page;

  /** @param {SurfaceCtx} ctx */
  constructor(ctx) {
    const { scope, t, spec } = ctx;
    this.#page = h("div", { class: "tx-page" });
    this.scroller = h(
      "div",
      {
        class: "tx-scroller",
        tabindex: 0,
        role: "textbox",
        "aria-readonly": "true",
        "aria-multiline": "true",
        "aria-label": t("Text: {name}", { name: spec.name }),
      },
      [h("div", { class: "tx-sheet" }, [this.#page, this.#caretElement, this.#popup])],
    );
    this.element = h("div", { class: "tx" }, [this.scroller]);
    this.marks = new Marks(this.#page, this.scroller, scope);
    this.caret = new Caret(this.scroller, this.#caretElement);
    this.lines = new Lines(this.#page, "");
    this.points = new CodePoints("");
    /** @type {TextRange | null} what is selected but not marked yet */
    this.selection = null;
    this.#redraw = scope.frame(() => this.#onLayout());
    this.element.append(createReader(ctx, this.#page, () => this.#redraw()));
    listenToPointer(this, ctx, (event, info) => this.dispatch(event, info));
    bindCaretKeys(this, ctx);
    scope.listen(this.scroller, "focusout", () => this.caret.hide());
    scope.listen(
      this.scroller,
      "scroll",
      scope.frame(() => this.marks.drawWindow()),
      { passive: true },
    );
    scope.resize(this.#page, this.#redraw);
    document.fonts?.ready.then(() => this.#redraw());
    this.caret.reset(this.lines);
  }

  get text() {
    return this.points.text;
  }

  /** Whether keys go to the text. */
  get focused() {
    return document.activeElement === this.scroller;
  }

  /** @param {Media} media */
  setMedia(media) {
    const text = media.kind === "text" ? media.text : "";
    this.clearSelection();
    this.hidePopup();
    this.#owners.clear();
    this.points = new CodePoints(text);
    this.lines = new Lines(this.#page, text);
    this.marks.reset(this.lines);
    this.caret.reset(this.lines);
    this.scroller.scrollTop = 0;
  }

  /** @param {Tool | null} tool */
  setTool(tool) {
    this.#tool = tool;
  }

  focus() {
    this.scroller.focus({ preventScroll: true });
  }

  /**
   * @param {string} event
   * @param {unknown} info
   * @returns {boolean}
   */
  dispatch(event, info) {
    return this.#tool?.root.dispatch(event, info) ?? false;
  }

  /**
   * @param {string} owner the field
   * @param {readonly Mark[]} marks
   */
  setMarks(owner, marks) {
    this.#owners.set(owner, marks);
    this.marks.set([...this.#owners.values()].flat());
  }

  /**
   * Selects a range as if by mouse; the caret is at its end.
   * @param {number} anchor
   * @param {number} focus
   */
  select(anchor, focus) {
    const from = this.lines.pieceAt(anchor);
    const to = this.lines.pieceAt(focus);
    getSelection()?.setBaseAndExtent(from.node, anchor - from.start, to.node, focus - to.start);
    this.selection =
      anchor === focus ? null : { start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
  }

  clearSelection() {
    this.selection = null;
    const selection = getSelection();
    if (selection && this.lines.offsetOf(selection.anchorNode, selection.anchorOffset) !== null)
      selection.removeAllRanges();
  }

  /**
   * @param {number} x on the screen
   * @param {number} y
   * @returns {number | null}
   */
  offsetAt(x, y) {
    return offsetAtPoint(this.lines, x, y);
  }

  /**
   * Scrolls so that a range is in sight.
   * @param {number} start
   * @param {number} end
   */
  reveal(start, end) {
    const chunk = this.lines.chunkAt(start).element;
    const box = this.scroller.getBoundingClientRect();
    if (chunk.getBoundingClientRect().top > box.bottom || chunk.getBoundingClientRect().bottom < box.top)
      chunk.scrollIntoView({ block: "nearest" });
    const rect = this.lines.range(start, end).getBoundingClientRect();
    if (rect.top < box.top + 20 || rect.bottom > box.bottom - 20)
      this.scroller.scrollTop += rect.top - box.top - box.height / 3;
  }

  /**
   * Shows something just below a place in the text.
   * @param {HTMLElement} content
   * @param {TextRange} range
   */
  showPopup(content, { start, end }) {
    this.#popup.replaceChildren(content);
    this.#popup.hidden = false;
    const sheet = /** @type {HTMLElement} */ (this.#popup.parentElement).getBoundingClientRect();
    const last = this.lines.rects(start, end).at(-1) ?? this.lines.range(start, end).getBoundingClientRect();
    const left = Math.max(4, Math.min(last.left - sheet.left, sheet.width - this.#popup.offsetWidth - 4));
    this.#popup.style.transform = `translate(${left}px, ${last.bottom - sheet.top + 6}px)`;
  }

  hidePopup() {
    this.#popup.hidden = true;
    this.#popup.replaceChildren();
  }

  #onLayout() {
    this.marks.draw();
    if (!this.#caretElement.hidden) this.caret.draw(false);
  }
}
