import { h } from "../../core/dom.js";

/** Rows kept above and below what is in sight. */
const EXTRA = 4;

/**
 * A list of rows of one height of which only those in sight exist: thousands of objects, a few dozen elements.
 */
export class WindowedList {
  #options;
  #space = h("div", { class: "image-rows", role: "presentation" });
  #count = -1;
  #top = 0;
  #height = 0;

  /**
   * @param {object} options
   * @param {string} options.label
   * @param {number} options.rowHeight CSS pixels
   * @param {() => number} options.count
   * @param {(index: number) => HTMLElement} options.row
   * @param {import('../../core/scope.js').Scope} options.scope
   */
  constructor(options) {
    this.#options = options;
    this.element = h("div", { class: "image-list", role: "list", "aria-label": options.label }, [
      this.#space,
    ]);
    this.render = options.scope.frame(() => this.#render());
    const measure = () => {
      this.#measure();
      this.render();
    };
    options.scope.listen(this.element, "scroll", measure, { passive: true });
    options.scope.resize(this.element, measure);
  }

  /** @param {number} index scrolls as little as needed */
  reveal(index) {
    const { rowHeight } = this.#options;
    const { scrollTop, clientHeight } = this.element;
    const top = index * rowHeight;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight)
      this.element.scrollTop = top + rowHeight - clientHeight;
    this.render();
  }

  #render() {
    const { rowHeight, count, row } = this.#options;
    const all = count();
    if (all !== this.#count) {
      this.element.hidden = all === 0;
      // Its size first: the element's height follows from it, and what is in sight from that.
      this.#space.style.blockSize = `${all * rowHeight}px`;
      this.#count = all;
      this.#measure();
    }
    const first = Math.max(0, Math.floor(this.#top / rowHeight) - EXTRA);
    const last = Math.min(all, Math.ceil((this.#top + this.#height) / rowHeight) + EXTRA);
    const focused = focusedPart(this.element);
    /** @type {HTMLElement[]} */
    const rows = [];
    for (let index = first; index < last; index += 1) {
      const element = row(index);
      element.setAttribute("role", "listitem");
      element.setAttribute("aria-setsize", String(all));
      element.setAttribute("aria-posinset", String(index + 1));
      element.style.insetBlockStart = `${index * rowHeight}px`;
      rows.push(element);
    }
    this.#space.replaceChildren(...rows);
    if (focused) this.#refocus(focused);
  }

  /** Not at every turn: asking for it makes the browser lay the whole page out. */
  #measure() {
    this.#top = this.element.scrollTop;
    this.#height = this.element.clientHeight;
  }

  /** @param {{key: string, part: string}} focused */
  #refocus({ key, part }) {
    for (const row of this.#space.children) {
      if (row instanceof HTMLElement && row.dataset.key === key) {
        const target = row.querySelector(`[data-part="${part}"]`);
        if (target instanceof HTMLElement) target.focus({ preventScroll: true });
      }
    }
  }
}

/**
 * Rows are rebuilt; whoever stands on one must not lose the place.
 *
 * @param {HTMLElement} list
 */
function focusedPart(list) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !list.contains(active)) return null;
  const row = active.closest("[data-key]");
  const part = active.dataset.part;
  return row instanceof HTMLElement && row.dataset.key && part ? { key: row.dataset.key, part } : null;
}
