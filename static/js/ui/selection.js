import { grouped } from "../core/numbers.js";

/**
 * Rows to select: `<ts-selection>` around a table or grid with checkboxes `data-select`, a `data-select-all`
 * checkbox and a bar `data-selection-bar` with `data-selection-count`. Shift selects a range; X, Ctrl A and Esc by keyboard.
 */
export class Selection extends HTMLElement {
  /** @type {HTMLInputElement | null} */
  #last = null;

  connectedCallback() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("change", () => this.#update());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("htmx:afterSettle", () => this.#update());
    this.#update();
  }

  /** @returns {string[]} the values of the checked boxes */
  get values() {
    return this.#boxes()
      .filter((box) => box.checked)
      .map((box) => box.value);
  }

  /** @returns {HTMLInputElement[]} */
  #boxes() {
    return [...this.querySelectorAll("input[data-select]")].map(
      (box) => /** @type {HTMLInputElement} */ (box),
    );
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.matches("[data-select-all]")) this.#setAll(box.checked);
    if (!box.matches("[data-select]")) return;
    if (event.shiftKey && this.#last) this.#setRange(this.#last, box);
    this.#last = box;
    this.#update();
  }

  /**
   * @param {HTMLInputElement} from
   * @param {HTMLInputElement} to
   */
  #setRange(from, to) {
    const boxes = this.#boxes();
    const [start = 0, end = 0] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
    for (const box of boxes.slice(Math.max(start, 0), end + 1)) box.checked = to.checked;
  }

  /** @param {boolean} checked */
  #setAll(checked) {
    for (const box of this.#boxes()) box.checked = checked;
    this.#update();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const row = /** @type {Element} */ (event.target).closest("tr, .thumb");
    const box = row?.querySelector("input[data-select]");
    if (event.key === "Escape" && this.values.length) this.#setAll(false);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey) && !isText(event.target))
      this.#setAll(true);
    else if (event.key === "x" && box instanceof HTMLInputElement && !isText(event.target)) box.click();
    else return;
    event.preventDefault();
  }

  #update() {
    const boxes = this.#boxes();
    const count = boxes.filter((box) => box.checked).length;
    const all = this.querySelector("input[data-select-all]");
    if (all instanceof HTMLInputElement) {
      all.checked = count > 0 && count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
    }
    for (const bar of this.querySelectorAll("[data-selection-bar]"))
      bar.toggleAttribute("hidden", count === 0);
    for (const number of this.querySelectorAll("[data-selection-count]")) number.textContent = grouped(count);
  }
}

/** @param {EventTarget | null} target */
function isText(target) {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}

export function startSelection() {
  customElements.define("ts-selection", Selection);
}
