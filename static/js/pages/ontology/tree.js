import { h, uniqueId } from "../../core/dom.js";
import { DrawnRows } from "../../core/drawn-rows.js";
import { colorOf } from "../../label/colors.js";
import { icon } from "../../ui/icon.js";
import { samePath } from "./paths.js";
import { RowDrag } from "./row-drag.js";
import { rowsOf } from "./rows.js";

/** @typedef {import("./rows.js").Row} Row */

const ICONS = { group: "layers", medium: "image", field: "tag", attribute: "list", item: "" };
const EXTRA = 8;

/** The ontology as a tree by the ARIA pattern; of thousands of lines only those in sight exist. */
export class Tree {
  /** @type {Row[]} */
  rows = [];
  /** @type {Map<string, boolean>} */
  #opened = new Map();
  /** @type {Map<string, number>} problems by id of the row they are at or below */
  #problems = new Map();
  #height = matchMedia("(pointer: coarse)").matches ? 44 : 30;
  #prefix = uniqueId("tree");
  #space = h("div", { class: "tree-space", role: "presentation" });
  #drawn = new DrawnRows(this.#space);
  #document;
  #kinds;

  /**
   * @param {import("./document.js").OntologyDocument} document
   * @param {import("./kinds.js").Kinds} kinds
   * @param {import("../../core/scope.js").Scope} scope
   */
  constructor(document, kinds, scope) {
    this.#document = document;
    this.#kinds = kinds;
    this.element = h("div", { class: "tree", role: "tree", tabindex: 0, "aria-label": "Ontology" }, [
      this.#space,
    ]);
    this.#draw = scope.frame(() => this.#render());
    scope.listen(this.element, "scroll", this.#draw, { passive: true });
    scope.listen(this.element, "click", (event) => this.#click(event));
    scope.listen(this.element, "keydown", (event) => this.#key(event));
    scope.resize(this.element, this.#draw);
    document.subscribe(() => this.update(), scope);
    new RowDrag(this, scope);
    this.update();
  }

  #draw;

  get document() {
    return this.#document;
  }

  get rowHeight() {
    return this.#height;
  }

  /** @param {Map<string, number>} counts */
  setProblems(counts) {
    this.#problems = counts;
    this.#draw();
  }

  update() {
    this.rows = rowsOf(this.#document.definition, this.#kinds, this.#opened);
    this.#reveal();
    this.#draw();
  }

  /** The selected line, or -1. */
  get index() {
    return this.rows.findIndex((row) => samePath(row.path, this.#document.selection));
  }

  /**
   * @param {Row} row
   * @param {boolean} open
   */
  open(row, open) {
    this.#opened.set(row.key, open);
    this.update();
  }

  /** Opens what is around the selection and scrolls there. */
  #reveal() {
    const { selection } = this.#document;
    if (this.index < 0) this.#openAround(selection);
    const { index } = this;
    if (index < 0) return;
    const top = index * this.#height;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (clientHeight && top + this.#height > scrollTop + clientHeight) {
      this.#space.style.blockSize = `${this.rows.length * this.#height}px`;
      this.element.scrollTop = top + this.#height - clientHeight;
    }
  }

  /** @param {import("./paths.js").Path} selection */
  #openAround(selection) {
    for (let length = 1; length < selection.length; length += 1) {
      const row = this.rows.find((one) => samePath(one.path, selection.slice(0, length)));
      if (!row || row.open) continue;
      this.#opened.set(row.key, true);
      this.rows = rowsOf(this.#document.definition, this.#kinds, this.#opened);
    }
  }

  #render() {
    const all = this.rows.length;
    this.#space.style.blockSize = `${all * this.#height}px`;
    const first = Math.max(0, Math.floor(this.element.scrollTop / this.#height) - EXTRA);
    const last = Math.min(
      all,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / this.#height) + EXTRA,
    );
    const { index } = this;
    this.#drawn.show(
      this.rows.slice(first, last).map((row, offset) => {
        const [place, wrong] = [first + offset, this.#problems.get(row.id) ?? 0];
        const { color, kind } = row.node ?? {};
        const shown = JSON.stringify([{ ...row, node: [color, kind] }, place, place === index, wrong]);
        return [shown, () => this.#row(row, place, place === index)];
      }),
    );
    const visible = index >= first && index < last;
    if (visible) this.element.setAttribute("aria-activedescendant", `${this.#prefix}-${index}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  /**
   * @param {Row} row
   * @param {number} index
   * @param {boolean} selected
   */
  #row(row, index, selected) {
    const wrong = this.#problems.get(row.id) ?? 0;
    const element = h(
      "div",
      {
        class: `tree-row is-${row.role}`,
        role: "treeitem",
        id: `${this.#prefix}-${index}`,
        "data-index": index,
        "aria-level": row.level,
        "aria-setsize": row.size,
        "aria-posinset": row.place,
        "aria-selected": selected ? "true" : "false",
        "aria-expanded": row.expandable ? String(row.open) : null,
      },
      [
        h("span", { class: "tree-toggle", "data-toggle": row.expandable, "aria-hidden": "true" }, [
          row.expandable ? icon(row.open ? "chevron-down" : "chevron-right") : null,
        ]),
        markOf(row),
        h("span", { class: "tree-title truncate", dir: "auto" }, [row.title || "without a name"]),
        wrong
          ? h("span", { class: "tree-wrong" }, [
              icon("circle-alert", wrong === 1 ? "1 problem" : `${wrong} problems`),
            ])
          : null,
        row.about
          ? h("span", { class: row.role === "item" ? "lb-key" : "tree-about muted small" }, [row.about])
          : null,
        row.role === "group"
          ? null
          : h("span", { class: "tree-grip", "data-grip": true, "aria-hidden": "true" }, [
              icon("grip-vertical"),
            ]),
      ],
    );
    element.style.insetBlockStart = `${index * this.#height}px`;
    element.style.setProperty("--level", String(row.level));
    return element;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const line = target.closest("[data-index]");
    const row = line instanceof HTMLElement ? this.rows[Number(line.dataset.index)] : undefined;
    if (!row) return;
    if (target.closest("[data-toggle]")) this.open(row, !row.open);
    else this.#document.select(row.path);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { index } = this;
    const row = this.rows[index];
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#height) - 1);
    /** @type {Record<string, number>} */
    const steps = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: this.rows.length - 1,
      PageDown: index + page,
      PageUp: index - page,
    };
    const wanted = steps[event.key];
    if (wanted !== undefined) this.#go(wanted);
    else if (event.key === "ArrowRight" && row?.expandable)
      row.open ? this.#go(index + 1) : this.open(row, true);
    else if (event.key === "ArrowLeft" && row)
      row.expandable && row.open ? this.open(row, false) : this.#goUp(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} index */
  #go(index) {
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, index))];
    if (row) this.#document.select(row.path);
  }

  /** @param {Row} row */
  #goUp(row) {
    const above = this.rows.slice(0, this.rows.indexOf(row)).findLast((one) => one.level === row.level - 1);
    if (above) this.#document.select(above.path);
  }
}

/** @param {Row} row */
function markOf(row) {
  const plain = row.path.at(-2) === "options" && !row.node?.color;
  if (plain) return icon("circle");
  if (row.role !== "item") return icon(row.node?.kind === "text" ? "file-text" : ICONS[row.role]);
  const mark = h("span", { class: "lb-swatch", "aria-hidden": "true" });
  mark.style.background = colorOf(row.node ?? undefined, row.place - 1);
  return mark;
}
