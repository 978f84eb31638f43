import { h } from "../../core/dom.js";

/**
 * Dragging a line by its grip to another place in the same list.
 */
export class RowDrag {
  #line = h("div", { class: "tree-drop", hidden: true });
  #tree;
  /** @type {import("./rows.js").Row | null} */
  #row = null;
  /** @type {number | null} */
  #target = null;

  /**
   * @param {import("./tree.js").Tree} tree
   * @param {import("../../core/scope.js").Scope} scope
   */
  constructor(tree, scope) {
    this.#tree = tree;
    tree.element.append(this.#line);
    scope.listen(tree.element, "pointerdown", (event) => this.#down(event));
    scope.listen(tree.element, "pointermove", (event) => this.#row && this.#move(event));
    scope.listen(tree.element, "pointerup", () => this.#end(true));
    scope.listen(tree.element, "pointercancel", () => this.#end(false));
    scope.listen(tree.element, "keydown", (event) => event.key === "Escape" && this.#end(false));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const target = /** @type {Element} */ (event.target);
    const line = target.closest("[data-index]");
    if (!target.closest("[data-grip]") || !(line instanceof HTMLElement)) return;
    event.preventDefault();
    this.#row = this.#tree.rows[Number(line.dataset.index)] ?? null;
    this.#tree.element.setPointerCapture(event.pointerId);
    this.#tree.element.focus();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const box = this.#tree.element.getBoundingClientRect();
    const edge = event.clientY < box.top + 20 ? -8 : event.clientY > box.bottom - 20 ? 8 : 0;
    this.#tree.element.scrollTop += edge;
    const y = event.clientY - box.top + this.#tree.element.scrollTop;
    const siblings = this.#siblings();
    const before = siblings.findIndex(({ middle }) => y < middle);
    const place = before < 0 ? siblings.length : before;
    const at = siblings[place]?.top ?? siblings.at(-1)?.bottom ?? 0;
    this.#target = place;
    this.#line.hidden = false;
    this.#line.style.insetBlockStart = `${at}px`;
  }

  /** Where the elements of the same list lie, with all that is open below them. */
  #siblings() {
    const { rows, rowHeight } = this.#tree;
    const row = /** @type {import("./rows.js").Row} */ (this.#row);
    const list = row.id.replace(/\[\d+\]$/, "");
    const own = rows.flatMap((one, index) =>
      one.path.length === row.path.length && one.id.replace(/\[\d+\]$/, "") === list ? [index] : [],
    );
    return own.map((index, order) => {
      const next = own[order + 1] ?? this.#after(index);
      const [top, bottom] = [index * rowHeight, next * rowHeight];
      return { top, bottom, middle: (top + bottom) / 2 };
    });
  }

  /** @param {number} index */
  #after(index) {
    const { rows } = this.#tree;
    const level = rows[index]?.level ?? 0;
    const next = rows.findIndex((row, place) => place > index && row.level <= level);
    return next < 0 ? rows.length : next;
  }

  /** @param {boolean} keep */
  #end(keep) {
    const [row, target] = [this.#row, this.#target];
    this.#row = null;
    this.#target = null;
    this.#line.hidden = true;
    if (!keep || !row || target === null) return;
    const from = Number(row.path.at(-1));
    this.#tree.document.move(row.path, target > from ? target - 1 : target);
  }
}
