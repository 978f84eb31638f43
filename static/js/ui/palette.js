import { h } from "../core/dom.js";
import { fuzzyFilter } from "../core/fuzzy.js";
import { icon } from "./icon.js";
import { KEYED, keyCaps, titleOf } from "./key-labels.js";
import { allCommands, pageKeys, scope } from "./page.js";

/** @typedef {{name: string, title: string, group: string, keys: readonly string[], run: () => void}} Entry */

const SHOWN = 60;
/** What is the same on every page comes after what belongs to this one. */
const LAST = ["Everywhere", "Account", "Appearance"];

/** The command palette: everything that can be done or gone to from here, by a few letters of its name. */
export class Palette extends HTMLElement {
  #input = h("input", {
    type: "text",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
    "aria-label": "Search and commands",
    placeholder: "Type a command or a page",
    autocomplete: "off",
    spellcheck: "false",
  });
  #list = h("div", { class: "palette-list", role: "listbox", id: "palette-list", "aria-label": "Commands" });
  #dialog = h("dialog", { class: "palette", "aria-label": "Search and commands" }, [
    h("div", { class: "palette-input" }, [icon("search"), this.#input, keyCaps("Escape")]),
    this.#list,
  ]);
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Entry[]} */
  #shown = [];
  #active = 0;

  connectedCallback() {
    this.append(this.#dialog);
    this.#input.addEventListener("input", () => this.#search());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest('[role="option"]');
      if (option) this.#run(Number(/** @type {HTMLElement} */ (option).dataset.index));
    });
  }

  open() {
    if (this.#dialog.open) return;
    const entries = [...links(), ...allCommands().map((command) => ({ ...command, name: command.group }))];
    this.#entries = entries.sort((a, b) => LAST.indexOf(a.group) - LAST.indexOf(b.group));
    this.#input.value = "";
    this.#dialog.showModal();
    this.#search();
  }

  #search() {
    const query = this.#input.value;
    this.#shown = fuzzyFilter(query, this.#entries).slice(0, SHOWN);
    this.#active = 0;
    this.#draw(query === "");
  }

  /** @param {boolean} grouped */
  #draw(grouped) {
    const rows = [];
    let group = "";
    for (const [index, entry] of this.#shown.entries()) {
      if (grouped && entry.group !== group) {
        group = entry.group;
        rows.push(h("div", { class: "group", role: "presentation" }, [group]));
      }
      rows.push(this.#option(entry, index, grouped));
    }
    this.#list.replaceChildren(
      ...(rows.length ? rows : [h("div", { class: "none" }, ["Nothing here has that name."])]),
    );
    this.#mark();
  }

  /**
   * @param {Entry} entry
   * @param {number} index
   * @param {boolean} grouped
   */
  #option(entry, index, grouped) {
    const [combo] = entry.keys;
    const group = grouped ? null : h("span", { class: "muted small" }, [entry.group]);
    return h(
      "div",
      { role: "option", id: `palette-${index}`, "data-index": index, "aria-selected": "false" },
      [h("span", { class: "truncate", dir: "auto" }, [entry.title]), group, combo ? keyCaps(combo) : null],
    );
  }

  #mark() {
    for (const option of this.#list.querySelectorAll('[role="option"]')) {
      const active = Number(/** @type {HTMLElement} */ (option).dataset.index) === this.#active;
      option.setAttribute("aria-selected", String(active));
      if (active) option.scrollIntoView({ block: "nearest" });
    }
    this.#input.setAttribute("aria-activedescendant", this.#shown.length ? `palette-${this.#active}` : "");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const count = this.#shown.length;
    if (event.key === "Enter") this.#run(this.#active);
    else if (event.key === "ArrowDown" && count) this.#active = (this.#active + 1) % count;
    else if (event.key === "ArrowUp" && count) this.#active = (this.#active - 1 + count) % count;
    else return;
    event.preventDefault();
    this.#mark();
  }

  /** @param {number} index */
  #run(index) {
    const entry = this.#shown[index];
    if (!entry) return;
    this.#dialog.close();
    entry.run();
  }
}

/** Every link or button `data-command="Group"` or `data-key` of the page is an entry under its own text. @returns {Entry[]} */
function links() {
  return [...document.querySelectorAll(`[data-command], ${KEYED}`)].map((element) => {
    const target = /** @type {HTMLElement} */ (element);
    const group = target.dataset.command || "This page";
    return {
      name: group,
      title: titleOf(target),
      group,
      keys: target.dataset.key ? [target.dataset.key] : [],
      run: () => target.click(),
    };
  });
}

/** Buttons `data-palette` and Ctrl/⌘ K. */
export function startPalette() {
  customElements.define("ts-palette", Palette);
  /** Made when it is wanted first: most visits never see it. @type {Palette | null} */
  let palette = null;
  const open = () => {
    if (!palette) {
      palette = /** @type {Palette} */ (document.createElement("ts-palette"));
      document.body.append(palette);
    }
    palette.open();
  };
  scope.listen(document, "click", (event) => event.target.closest("[data-palette]") && open());
  pageKeys.bind("Mod+k", open, {
    id: "palette",
    title: "Search and commands",
    group: "Everywhere",
    typing: true,
  });
}
