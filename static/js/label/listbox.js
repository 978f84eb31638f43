import { h, keepFocus, uniqueId } from "../core/dom.js";
import { fuzzyFilter } from "../core/fuzzy.js";
import { grouped } from "../core/numbers.js";

const ROW = 32;
const EXTRA = 6;

/**
 * @typedef {import('./types.js').Option} Option
 * @typedef {object} ListboxOptions
 * @property {readonly Option[]} options up to tens of thousands: only what is in sight exists
 * @property {(option: Option) => boolean} isChosen
 * @property {(option: Option) => void} press
 * @property {(option: Option) => HTMLElement | null} [mark] what stands before the title
 * @property {boolean} several
 * @property {boolean} readOnly
 * @property {string} label
 * @property {import('../core/scope.js').Scope} scope
 * @property {import('./types.js').Translate} t
 */

/**
 * A search field over a long list, by the ARIA pattern of an editable combobox with a listbox that is always open.
 * Typing searches, arrows move, Enter presses.
 */
export class Listbox {
  #options;
  /** @type {Option[]} */
  #found;
  #current = 0;
  #list;
  #space;
  #count;
  #id = uniqueId("lb-list");

  /** @param {ListboxOptions} options */
  constructor(options) {
    const { scope, t, label, several, readOnly } = options;
    this.#options = options;
    this.#found = [...options.options];
    this.input = h("input", {
      type: "text",
      class: "lb-search",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "done",
      placeholder: t("Search {n} options", { n: grouped(options.options.length) }),
      "aria-label": t("Search: {title}", { title: label }),
      "aria-controls": this.#id,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      disabled: readOnly,
    });
    this.#space = h("div", { class: "lb-list-space", role: "presentation" });
    this.#list = h(
      "div",
      {
        class: "lb-list",
        role: "listbox",
        id: this.#id,
        "aria-label": label,
        "aria-multiselectable": several,
      },
      [this.#space],
    );
    this.#count = h("p", { class: "visually-hidden", role: "status" });
    this.element = h("div", { class: "lb-listbox" }, [this.input, this.#list, this.#count]);
    keepFocus(this.#list, scope);
    scope.listen(this.input, "input", () => this.#search());
    scope.listen(this.input, "keydown", (event) => this.#key(event));
    scope.listen(
      this.#list,
      "scroll",
      scope.frame(() => this.render()),
      { passive: true },
    );
    scope.listen(this.#list, "click", (event) => this.#click(event));
    scope.resize(
      this.#list,
      scope.frame(() => this.render()),
    );
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /** Forgets the search; for the next item. */
  reset() {
    if (this.input.value !== "") {
      this.input.value = "";
      this.#search();
    }
    this.render();
  }

  render() {
    const { length } = this.#found;
    const height = this.#list.clientHeight || ROW * 8;
    const first = Math.max(0, Math.floor(this.#list.scrollTop / ROW) - EXTRA);
    const last = Math.min(length, Math.ceil((this.#list.scrollTop + height) / ROW) + EXTRA);
    this.#space.style.blockSize = `${Math.max(length, 1) * ROW}px`;
    this.#space.replaceChildren(
      ...(length
        ? this.#found.slice(first, last).map((option, index) => this.#row(option, first + index))
        : [this.#nothing()]),
    );
    this.input.setAttribute("aria-activedescendant", length ? this.#rowId(this.#current) : "");
  }

  /**
   * @param {Option} option
   * @param {number} index
   */
  #row(option, index) {
    const chosen = this.#options.isChosen(option);
    const row = h(
      "div",
      {
        class: "lb-list-row",
        role: "option",
        id: this.#rowId(index),
        "aria-selected": chosen ? "true" : "false",
        "aria-setsize": this.#found.length,
        "aria-posinset": index + 1,
        "data-index": index,
        title: option.description,
      },
      [
        h("span", { class: "lb-list-tick", "aria-hidden": "true" }, [chosen ? "✓" : ""]),
        this.#options.mark?.(option),
        h("span", { class: "lb-list-title", dir: "auto" }, [option.title]),
        option.description ? h("span", { class: "lb-list-about", dir: "auto" }, [option.description]) : null,
      ],
    );
    row.classList.toggle("is-current", index === this.#current);
    row.style.insetBlockStart = `${index * ROW}px`;
    return row;
  }

  #nothing() {
    return h("div", { class: "lb-list-none" }, [
      this.#options.t("Nothing fits “{query}”", { query: this.input.value }),
    ]);
  }

  #search() {
    this.#found = fuzzyFilter(this.input.value, this.#options.options);
    this.#count.textContent = this.#options.t("{n} options", { n: this.#found.length });
    this.#list.scrollTop = 0;
    this.#moveTo(0);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const by = steps[event.key];
    if (by !== undefined) this.#moveTo(this.#current + by);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#press(this.#current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const row = event.target instanceof Element ? event.target.closest("[data-index]") : null;
    if (row instanceof HTMLElement) this.#press(Number(row.dataset.index));
  }

  /** @param {number} index */
  #press(index) {
    const option = this.#found[index];
    if (!option || this.#options.readOnly) return;
    this.#current = index;
    this.#options.press(option);
    this.input.select();
    this.render();
  }

  /** @param {number} index */
  #moveTo(index) {
    this.#current = Math.max(0, Math.min(this.#found.length - 1, index));
    const top = this.#current * ROW;
    const { scrollTop, clientHeight } = this.#list;
    if (top < scrollTop) this.#list.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) this.#list.scrollTop = top + ROW - clientHeight;
    this.render();
  }

  /** @param {number} index */
  #rowId(index) {
    return `${this.#id}-${index}`;
  }
}
