import { h } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";
import { icon } from "../../ui/icon.js";
import { readRows } from "./read-rows.js";

/**
 * @typedef {import("../ontology/paths.js").Definition} Definition
 * @typedef {import("./read-rows.js").Look} Look
 */

/** Files that are items themselves, and what several are called. @type {Record<string, string>} */
const LOOSE = { image: "pictures", audio: "recordings" };
/** @type {Record<string, string>} */
const TITLES = { text: "Text", image: "Image", audio: "Recording" };
const NOTHING = { rows: [], columns: [], count: null, exact: false };

/** The files that were dropped, a look into them, and which column is which medium. */
export class DataStep {
  /** @type {File[]} */
  files = [];
  /** @type {Look} */
  look = NOTHING;
  #about = /** @type {HTMLElement} */ (document.getElementById("data-about"));
  #scope;
  #onData;
  #setSource;

  /**
   * @param {object} options
   * @param {import("../../core/scope.js").Scope} options.scope
   * @param {() => void} options.onData
   * @param {(medium: number, column: string) => void} options.setSource
   */
  constructor({ scope, onData, setSource }) {
    this.#scope = scope;
    this.#onData = onData;
    this.#setSource = setSource;
    const zone = /** @type {HTMLElement} */ (document.getElementById("data-drop"));
    scope.listen(zone, "ts:files", (event) => void this.take(event.detail));
  }

  /** Of loose pictures or recordings, which go up one by one, what they are; else null. */
  get loose() {
    const [first] = this.files;
    const kind = first ? looseKind(first) : null;
    return kind !== null && this.files.every((file) => looseKind(file) === kind) ? kind : null;
  }

  /** @param {File[]} files */
  async take(files) {
    this.files = files;
    if (this.loose === null) this.files = files.slice(0, 1);
    this.look = NOTHING;
    this.#about.replaceChildren();
    const [file] = this.files;
    if (!file) return;
    try {
      this.look = this.loose ? { ...NOTHING, count: this.files.length, exact: true } : await readRows(file);
    } catch (error) {
      this.#about.replaceChildren(
        callout(
          "warn",
          `${file.name} looks broken: ${/** @type {Error} */ (error).message} You can launch all the same; the import will name every bad row.`,
        ),
      );
    }
    this.#onData();
  }

  /** @param {Definition} definition shows the rows and where they go */
  show(definition) {
    if (this.files.length === 0 || this.#about.querySelector(".callout.warn")) return;
    const { rows, columns, count, exact } = this.look;
    const number =
      count === null
        ? ""
        : `${exact ? "" : "about "}${grouped(count)} ${this.loose ? LOOSE[this.loose] : "items"}`;
    const parts = [h("p", {}, [h("strong", {}, [number || "Cannot be counted here: the import will."])])];
    if (columns.length) parts.push(this.#choices(definition, columns), table(rows.slice(0, 4), columns));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.id : "";
    this.#about.replaceChildren(...parts);
    if (focused.startsWith("column-")) document.getElementById(focused)?.focus();
  }

  /**
   * @param {Definition} definition
   * @param {string[]} columns
   */
  #choices(definition, columns) {
    const lines = definition.media.map((medium, index) => {
      const source = medium.source ?? medium.name;
      const known = columns.includes(source) ? columns : [source, ...columns];
      const select = h(
        "select",
        { id: `column-${index}` },
        known.map((column) => h("option", { value: column, selected: column === source }, [column])),
      );
      this.#scope.listen(select, "change", () => this.#setSource(index, select.value));
      return h("label", {}, [
        h("span", {}, [`${TITLES[medium.kind] ?? medium.kind} “${medium.name}” is in the column`]),
        select,
      ]);
    });
    return h("div", { class: "column-choices" }, lines);
  }
}

/** @param {File} file @returns {string | null} */
function looseKind(file) {
  const [kind = ""] = file.type.split("/");
  return Object.hasOwn(LOOSE, kind) ? kind : null;
}

/**
 * @param {import("./read-rows.js").Row[]} rows
 * @param {string[]} columns
 */
function table(rows, columns) {
  const cell = (/** @type {unknown} */ value) =>
    typeof value === "string" ? value : JSON.stringify(value ?? "");
  return h("div", { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "First rows" }, [
    h("table", { class: "table rows-preview" }, [
      h("thead", {}, [
        h(
          "tr",
          {},
          columns.map((column) => h("th", { scope: "col", dir: "auto" }, [column])),
        ),
      ]),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            columns.map((column) =>
              h("td", { class: "clip", dir: "auto" }, [cell(row[column]).slice(0, 200)]),
            ),
          ),
        ),
      ),
    ]),
  ]);
}

/**
 * @param {string} tone
 * @param {string} text
 */
export function callout(tone, text) {
  const symbol = tone === "good" ? "circle-check" : "triangle-alert";
  return h("div", { class: `callout ${tone}` }, [
    icon(symbol),
    h("div", {}, [h("p", { dir: "auto" }, [text])]),
  ]);
}
