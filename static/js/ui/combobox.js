import { h, uniqueId } from "../core/dom.js";
import { fuzzyFilter } from "../core/fuzzy.js";
import { icon } from "./icon.js";
import { placeBeside } from "./place.js";

/** @typedef {{value: string, label: string, help?: string}} Option */

const WAIT = 180;
const LIMIT = 100;

/**
 * Type-ahead over a `<select>` by the ARIA combobox pattern. The select stays the form's control, so a form works
 * the same without JavaScript: `<ts-combobox><select name multiple?>…</select></ts-combobox>`.
 * With `src="/url/"` options come from `GET src?q=` as `[{value, label, help?}]`.
 */
export class Combobox extends HTMLElement {
  #select = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (null));
  #input = h("input", {
    type: "text",
    role: "combobox",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  #list = h("div", { class: "combo-list", role: "listbox", popover: "manual", id: uniqueId("combo") });
  #box = h("div", { class: "combo" }, [this.#input]);
  /** @type {Option[]} */
  #shown = [];
  #active = -1;
  #asked = 0;

  connectedCallback() {
    const select = this.querySelector("select");
    if (!select || select === this.#select) return;
    this.#select = select;
    select.hidden = true;
    this.#input.setAttribute("aria-controls", this.#list.id);
    this.#input.setAttribute("aria-label", labelOf(select));
    this.#input.placeholder = this.getAttribute("placeholder") ?? "";
    this.append(this.#box, this.#list);
    this.#listen();
    this.#drawChosen();
  }

  #listen() {
    this.#input.addEventListener("input", () => this.#open());
    this.#input.addEventListener("click", () => this.#open());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest('[role="option"]');
      if (option) this.#choose(Number(/** @type {HTMLElement} */ (option).dataset.index));
    });
    this.#select.form?.addEventListener("reset", () => setTimeout(() => this.#drawChosen()));
  }

  async #open() {
    const typed = this.#input.value;
    const query = this.#select.multiple || typed !== this.#chosenLabel() ? typed : "";
    this.#asked += 1;
    const asked = this.#asked;
    const found = this.hasAttribute("src") ? await this.#fetch(query, asked) : this.#match(query);
    if (asked !== this.#asked || document.activeElement !== this.#input) return;
    this.#shown = found;
    this.#active = found.length ? 0 : -1;
    this.#drawList();
  }

  /** @param {string} query @returns {Option[]} */
  #match(query) {
    const options = [...this.#select.options].filter((option) => option.value !== "");
    const named = options.map(({ value, label, dataset }) => ({
      name: value,
      title: label,
      help: dataset.help,
    }));
    return fuzzyFilter(query, named)
      .slice(0, LIMIT)
      .map(({ name, title, help }) => ({ value: name, label: title, help }));
  }

  /**
   * @param {string} query
   * @param {number} asked
   * @returns {Promise<Option[]>}
   */
  async #fetch(query, asked) {
    await new Promise((resolve) => setTimeout(resolve, WAIT));
    if (asked !== this.#asked) return [];
    const url = new URL(this.getAttribute("src") ?? "", location.href);
    url.searchParams.set("q", query);
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    return response.ok ? response.json() : [];
  }

  #drawList() {
    const rows = this.#shown.map(({ value, label, help }, index) =>
      h(
        "div",
        {
          role: "option",
          id: `${this.#list.id}-${index}`,
          "data-index": index,
          "aria-selected": this.#values().includes(value) ? "true" : "false",
        },
        [
          h("span", { class: "truncate", dir: "auto" }, [label]),
          help ? h("span", { class: "help" }, [help]) : null,
        ],
      ),
    );
    this.#list.replaceChildren(...(rows.length ? rows : [h("div", { class: "none" }, ["No match"])]));
    if (!this.#list.matches(":popover-open")) this.#list.showPopover();
    this.#input.setAttribute("aria-expanded", "true");
    this.#list.style.width = `${this.#box.offsetWidth}px`;
    placeBeside(this.#list, this.#box);
    this.#mark();
  }

  #mark() {
    for (const [index, row] of [...this.#list.children].entries()) {
      row.toggleAttribute("data-active", index === this.#active);
      if (index === this.#active) row.scrollIntoView({ block: "nearest" });
    }
    this.#input.setAttribute(
      "aria-activedescendant",
      this.#active < 0 ? "" : `${this.#list.id}-${this.#active}`,
    );
  }

  #close() {
    this.#asked += 1;
    if (this.#list.matches(":popover-open")) this.#list.hidePopover();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
    this.#input.value = this.#select.multiple ? "" : this.#chosenLabel();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const open = this.#list.matches(":popover-open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (open) this.#move(event.key === "ArrowDown" ? 1 : -1);
      else this.#open();
    } else if (event.key === "Enter" && open) this.#choose(this.#active);
    else if (event.key === "Escape" && open) {
      event.stopPropagation();
      this.#close();
    } else if (event.key === "Backspace" && this.#select.multiple && !this.#input.value)
      this.#remove(this.#values().at(-1));
    else return;
    event.preventDefault();
  }

  /** @param {number} step */
  #move(step) {
    if (!this.#shown.length) return;
    this.#active = (this.#active + step + this.#shown.length) % this.#shown.length;
    this.#mark();
  }

  /** @param {number} index */
  #choose(index) {
    const chosen = this.#shown[index];
    if (!chosen) return;
    const option = this.#optionFor(chosen);
    option.selected = this.#select.multiple ? !option.selected : true;
    this.#changed();
    if (!this.#select.multiple) this.#input.select();
  }

  /** @param {Option} option */
  #optionFor({ value, label }) {
    const known = [...this.#select.options].find((option) => option.value === value);
    if (known) return known;
    const added = new Option(label, value);
    this.#select.append(added);
    return added;
  }

  /** @param {string | undefined} value */
  #remove(value) {
    const option = [...this.#select.options].find((other) => other.value === value);
    if (!option) return;
    option.selected = false;
    this.#changed();
  }

  #changed() {
    this.#drawChosen();
    this.#close();
    this.#select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #values() {
    return [...this.#select.selectedOptions].map((option) => option.value);
  }

  #chosenLabel() {
    const option = this.#select.selectedOptions[0];
    return option?.value ? option.label : "";
  }

  #drawChosen() {
    if (!this.#select.multiple) {
      this.#input.value = this.#chosenLabel();
      return;
    }
    for (const chip of this.#box.querySelectorAll(".chip")) chip.remove();
    this.#input.before(...[...this.#select.selectedOptions].map((option) => this.#chip(option)));
  }

  /** @param {HTMLOptionElement} option */
  #chip({ label, value }) {
    const button = h("button", { type: "button", "aria-label": `Remove ${label}` });
    button.append(icon("x"));
    button.addEventListener("click", () => this.#remove(value));
    return h("span", { class: "chip" }, [h("span", { class: "truncate", dir: "auto" }, [label]), button]);
  }
}

/** @param {HTMLSelectElement} select */
function labelOf(select) {
  return select.getAttribute("aria-label") ?? select.labels?.[0]?.textContent?.trim() ?? select.name;
}

export function startCombobox() {
  customElements.define("ts-combobox", Combobox);
}
