import { h } from "../core/dom.js";
import { showSize } from "../ui/dropzone.js";

/**
 * @typedef {{to: string, name?: string, json?: boolean}} Target
 * @typedef {object} Look what the server saw in the file
 * @property {string} upload
 * @property {string} name
 * @property {number} size
 * @property {string} format
 * @property {Record<string, string>} dialect
 * @property {boolean} native
 * @property {string[]} columns
 * @property {string[][]} rows
 * @property {Record<string, Target> | null} mapping
 * @property {{row: number, path: string, message: string}[]} problems
 * @property {string[]} hints
 * @typedef {object} Setup
 * @property {string} imports
 * @property {string} preview
 * @property {string} media
 * @property {string} coco
 * @property {string} job
 * @property {{source: string, kind: string}[]} sources
 * @property {{name: string, title: string, json: boolean}[]} fields
 */

const ROWS_SHOWN = 8;

/** The first rows with a choice above each column; choices change `look.mapping` in place. */
export class MappingTable {
  #look;
  #setup;
  #changed;

  /**
   * @param {Look} look
   * @param {Setup} setup
   * @param {() => void} changed
   */
  constructor(look, setup, changed) {
    this.#look = look;
    this.#setup = setup;
    this.#changed = changed;
    const { dialect, name, size, format } = look;
    const facts = [name, showSize(size), format, ...Object.entries(dialect).map((pair) => pair.join(": "))];
    this.element = h(
      "div",
      { class: "stack" },
      [
        h("p", { class: "muted", dir: "auto" }, [facts.join(" · ")]),
        ...look.hints.map((hint) => h("p", { class: "callout warn" }, [hint])),
        this.#problems(),
        look.columns.length ? this.#table() : null,
      ].filter((part) => part !== null),
    );
  }

  #problems() {
    const { problems } = this.#look;
    if (!problems.length) return null;
    const lines = problems
      .slice(0, 5)
      .map(({ row, path, message }) =>
        h("li", {}, [row ? `Row ${row}` : "File", path ? `, ${path}: ` : ": ", message]),
      );
    const title = "Of the first rows, these would be refused:";
    return h("div", { class: "callout warn" }, [h("div", {}, [h("p", {}, [title]), h("ul", {}, lines)])]);
  }

  #table() {
    const { columns, rows, mapping } = this.#look;
    const ignored = columns.map((column) => mapping !== null && mapping[column]?.to === "ignore");
    const head = h(
      "tr",
      {},
      columns.map((column) => h("th", { scope: "col", dir: "auto" }, [column])),
    );
    const choices =
      mapping &&
      h(
        "tr",
        {},
        columns.map((column) => h("th", {}, [this.#choice(column)])),
      );
    const body = rows.slice(0, ROWS_SHOWN).map((row) =>
      h(
        "tr",
        {},
        row.map((cell, index) => h("td", { dir: "auto", class: ignored[index] ? "ignored" : null }, [cell])),
      ),
    );
    const table = h("table", { class: "table mapping-table" }, [
      h("thead", {}, [head, choices]),
      h("tbody", {}, body),
    ]);
    return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "First rows" }, [
      table,
    ]);
  }

  /** @param {string} column */
  #choice(column) {
    const now = this.#look.mapping?.[column] ?? { to: "ignore" };
    const select = h("select", { "aria-label": `Where ${column} goes` });
    for (const [label, target] of this.#targets(column, now)) {
      const option = h("option", { value: JSON.stringify(target) }, [label]);
      option.selected = target.to === now.to && (target.name ?? "") === (now.name ?? "");
      select.append(option);
    }
    select.addEventListener("change", () => {
      if (this.#look.mapping) this.#look.mapping[column] = JSON.parse(select.value);
      this.#changed();
    });
    return select;
  }

  /**
   * @param {string} column
   * @param {Target} now
   * @returns {[string, Target][]}
   */
  #targets(column, now) {
    const { sources, fields } = this.#setup;
    const name = now.to === "meta" && now.name ? now.name : column.replace(/^meta\./, "");
    /** @type {[string, Target][]} */
    const targets = [
      ["Ignore", { to: "ignore" }],
      ...sources.map(
        ({ source, kind }) =>
          /** @type {[string, Target]} */ ([`Shown: ${source} (${kind})`, { to: "data", name: source }]),
      ),
      ["External id", { to: "id" }],
      [`Metadata: ${name}`, { to: "meta", name }],
      ...fields.map(
        (one) =>
          /** @type {[string, Target]} */ ([
            `Gold: ${one.title}`,
            { to: "gold", name: one.name, json: one.json },
          ]),
      ),
      ...fields.map(
        (one) =>
          /** @type {[string, Target]} */ ([
            `Prediction: ${one.title}`,
            { to: "prediction", name: one.name, json: one.json },
          ]),
      ),
    ];
    if (!sources.some(({ source }) => source === column))
      targets.push([`Data: ${column}`, { to: "data", name: column }]);
    return targets;
  }
}
