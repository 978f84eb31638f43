import { h } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";
import { nameFrom } from "./names.js";

/** @typedef {import("./paths.js").Node} Node */

/** Characters from which a pasted text is not left to the browser. */
const LONG = 5_000;

/**
 * A pasted list: one line each, as `title`, or from a spreadsheet as `name`, `title`, `description` in columns.
 * @param {string} text
 * @param {readonly Node[]} existing
 * @returns {{items: Node[], skipped: number}} new ones only
 */
export function parseList(text, existing) {
  const taken = new Set(existing.map((item) => item.name));
  /** @type {Node[]} */
  const items = [];
  let skipped = 0;
  for (const line of text.split(/\r?\n/)) {
    const cells = line.split("\t").map((cell) => cell.trim());
    const [first = "", second, description] = cells;
    if (!first) continue;
    const name = second === undefined ? nameFrom(first) : first.normalize("NFC");
    if (!name || taken.has(name)) {
      skipped += 1;
      continue;
    }
    taken.add(name);
    items.push({ name, title: second || first, ...(description ? { description } : {}) });
  }
  return { items, skipped };
}

/**
 * A dialog to paste a list of options or classes into.
 * @param {object} options
 * @param {readonly Node[]} options.existing
 * @param {(items: Node[]) => void} options.add
 * @param {import("../../core/scope.js").Scope} options.scope
 */
export function openPaste({ existing, add, scope }) {
  const field = h("textarea", {
    rows: 12,
    dir: "auto",
    class: "paste-field",
    "aria-label": "List",
    autofocus: true,
  });
  const about = h("p", { class: "muted", role: "status" }, ["Nothing yet."]);
  const button = h("button", { type: "submit", class: "button primary", disabled: true }, ["Add"]);
  const cancel = h("button", { type: "button", class: "button", "data-dialog-close": true }, ["Cancel"]);
  const form = h("form", { method: "dialog" }, [
    h("div", { class: "dialog-head" }, [h("h2", { id: "paste-title" }, ["Paste a list"])]),
    h("div", { class: "dialog-body" }, [
      h("p", { class: "muted" }, [
        "One per line. From a spreadsheet: name, title and description in three columns.",
      ]),
      field,
      about,
    ]),
    h("div", { class: "dialog-foot" }, [cancel, button]),
  ]);
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "paste-title" }, [form]);
  let found = parseList("", existing);
  scope.listen(field, "input", () => {
    found = parseList(field.value, existing);
    button.disabled = found.items.length === 0;
    const twice = found.skipped ? ` ${grouped(found.skipped)} are there already or twice.` : "";
    about.textContent = `${grouped(found.items.length)} new.${twice}`;
  });
  scope.listen(field, "paste", (/** @type {ClipboardEvent} */ event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.length < LONG) return;
    // Browsers insert line by line, which takes minutes for thousands; set at once it takes none.
    event.preventDefault();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input"));
  });
  scope.listen(form, "submit", () => add(found.items));
  scope.listen(dialog, "close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
