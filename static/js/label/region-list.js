import { at } from "../core/at.js";
import { h, keepFocus, uniqueId } from "../core/dom.js";
import { DrawnRows } from "../core/drawn-rows.js";

const ROW = 30;
const EXTRA = 8;

/**
 * @typedef {import('./types.js').Region} Region
 * @typedef {object} RegionListOptions
 * @property {import('./types.js').Ctx} ctx
 * @property {import('./regions.js').Regions<any>} regions
 * @property {(region: any) => string} describe
 * @property {((a: any, b: any) => number) | undefined} compare
 */

/** The regions of a field as a list of which only the rows in sight exist: thousands cost what a dozen does. */
export class RegionList {
  #options;
  /** @type {readonly Region[]} */
  #sorted = [];
  /** @type {string | null} the region to scroll to */
  #wanted = null;
  #id = uniqueId("lb-regions");
  /** Reading sizes in the middle of a change would cost a layout; in the next frame it is free. */
  #drawSoon;
  #space = h("div", { class: "lb-list-space", role: "presentation" });
  #rows = new DrawnRows(this.#space);

  /** @param {RegionListOptions} options */
  constructor(options) {
    this.#options = options;
    const { ctx } = options;
    const { scope } = ctx;
    this.element = h(
      "div",
      {
        class: "lb-regions",
        role: "listbox",
        tabindex: 0,
        "aria-multiselectable": "true",
        "aria-label": ctx.t("Marked: {title}", { title: ctx.field.title }),
      },
      [this.#space],
    );
    this.#drawSoon = scope.frame(() => this.#draw());
    keepFocus(this.element, scope);
    scope.listen(this.element, "scroll", this.#drawSoon, { passive: true });
    scope.listen(this.element, "click", (event) => this.#click(event));
    scope.listen(this.element, "keydown", (event) => this.#key(event));
    scope.listen(this.element, "pointerover", (event) => ctx.selection.hover(this.#idAt(event)));
    scope.listen(this.element, "pointerleave", () => ctx.selection.hover(null));
    ctx.selection.subscribe(() => this.#onSelect(), scope);
    scope.resize(this.element, this.#drawSoon);
  }

  render() {
    const { regions, compare } = this.#options;
    this.#sorted = compare ? regions.all.toSorted(compare) : regions.all;
    this.element.hidden = this.#sorted.length === 0;
    this.#space.style.blockSize = `${this.#sorted.length * ROW}px`;
    this.#drawSoon();
  }

  #draw() {
    const wanted =
      this.#wanted === null ? -1 : this.#sorted.findIndex((region) => region.id === this.#wanted);
    this.#wanted = null;
    if (wanted >= 0) this.#reveal(wanted);
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - EXTRA);
    const last = Math.ceil((scrollTop + (clientHeight || ROW * 8)) / ROW) + EXTRA;
    const shown = this.#sorted.slice(first, last).map((region, index) => this.#shown(region, first + index));
    this.#rows.show(shown.map((row) => [JSON.stringify(row), () => this.#row(row)]));
    const current = this.#sorted.findIndex((region) => region.id === this.#options.ctx.selection.primary);
    this.element.setAttribute("aria-activedescendant", current < 0 ? "" : `${this.#id}-${current}`);
  }

  /**
   * @typedef {{id: string, index: number, count: number, selected: boolean, hidden: boolean, color: string,
   *   title: string, said: string}} Shown
   * @param {Region} region
   * @param {number} index
   * @returns {Shown}
   */
  #shown(region, index) {
    const { ctx, regions, describe } = this.#options;
    const { id } = region;
    return {
      id,
      index,
      count: this.#sorted.length,
      selected: ctx.selection.has(id),
      hidden: regions.isHidden(id),
      color: regions.color(region.class),
      title: regions.classOf(region.class)?.title ?? region.class,
      said: describe(region),
    };
  }

  /** @param {Shown} shown */
  #row({ id, index, count, selected, hidden, color, title, said }) {
    const { ctx } = this.#options;
    const swatch = h("span", { class: "lb-swatch", "aria-hidden": "true" });
    swatch.style.background = color;
    const row = h(
      "div",
      {
        class: "lb-region",
        role: "option",
        id: `${this.#id}-${index}`,
        "data-id": id,
        "aria-selected": String(selected),
        "aria-setsize": count,
        "aria-posinset": index + 1,
      },
      [
        swatch,
        h("span", { class: "lb-region-class", dir: "auto" }, [title]),
        h("bdi", { class: "lb-region-said", dir: "auto" }, [said]),
        ctx.readOnly
          ? null
          : h(
              // No button: an option holds nothing that takes the focus. The key for it is Delete.
              "span",
              {
                class: "lb-region-x",
                "data-remove": id,
                "aria-hidden": "true",
                title: ctx.t("Delete"),
              },
              ["✕"],
            ),
      ],
    );
    row.classList.toggle("is-selected", selected);
    row.classList.toggle("is-hidden", hidden);
    row.style.insetBlockStart = `${index * ROW}px`;
    return row;
  }

  #onSelect() {
    this.#wanted = this.#options.ctx.selection.primary;
    this.#drawSoon();
  }

  /** @param {number} index */
  #reveal(index) {
    const { scrollTop, clientHeight } = this.element;
    if (index * ROW < scrollTop) this.element.scrollTop = index * ROW;
    else if ((index + 1) * ROW > scrollTop + clientHeight)
      this.element.scrollTop = (index + 1) * ROW - clientHeight;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { ctx, regions } = this.#options;
    const remove = event.target instanceof Element ? event.target.closest("[data-remove]") : null;
    if (remove instanceof HTMLElement) {
      regions.remove([/** @type {string} */ (remove.dataset.remove)]);
      return;
    }
    const id = this.#idAt(event);
    if (id === null) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) ctx.selection.toggle(id);
    else ctx.selection.select(id);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { selection } = this.#options.ctx;
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    const by = steps[event.key];
    if (by === undefined || this.#sorted.length === 0) return;
    const current = this.#sorted.findIndex((region) => region.id === selection.primary);
    const next = Math.max(0, Math.min(this.#sorted.length - 1, current + by));
    selection.select(at(this.#sorted, next).id);
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Event} event */
  #idAt(event) {
    const row = event.target instanceof Element ? event.target.closest("[data-id]") : null;
    return row instanceof HTMLElement ? (row.dataset.id ?? null) : null;
  }
}
