import { h } from "../core/dom.js";
import { icon } from "./icon.js";
import { KEYED, keyCaps, titleOf } from "./key-labels.js";
import { allCommands, pageKeys, scope } from "./page.js";

/** @typedef {import('../core/commands.js').Command} Command */

/** `?` and buttons `data-keys-overlay`: all keys of this page, by group. */
export function startKeysOverlay() {
  /** @type {ReturnType<typeof createOverlay> | null} */
  let overlay = null;
  const toggle = () => {
    overlay ??= createOverlay();
    const { dialog, body } = overlay;
    if (dialog.open) {
      dialog.close();
      return;
    }
    body.replaceChildren(...sections([...allCommands(), ...keyed()]));
    dialog.showModal();
  };
  scope.listen(document, "click", (event) => event.target.closest("[data-keys-overlay]") && toggle());
  pageKeys.bind("?", toggle, { id: "keys", title: "Keys of this page", group: "Everywhere" });
}

/** Most visits never see it. */
function createOverlay() {
  const body = h("div", { class: "dialog-body" });
  const close = h("button", {
    type: "button",
    class: "button ghost icon-only",
    "data-dialog-close": true,
    "aria-label": "Close",
  });
  close.append(icon("x"));
  const dialog = h("dialog", { class: "dialog wide keys-overlay", "aria-labelledby": "keys-title" }, [
    h("div", { class: "dialog-head" }, [h("h2", { id: "keys-title" }, ["Keys of this page"]), close]),
    body,
  ]);
  document.body.append(dialog);
  return { dialog, body };
}

/**
 * @param {{title: string, group: string, keys: readonly string[]}[]} commands
 * @returns {HTMLElement[]}
 */
function sections(commands) {
  /** @type {Map<string, HTMLElement[]>} */
  const groups = new Map();
  for (const { title, group, keys } of commands) {
    if (!keys.length) continue;
    const row = h("div", { class: "key-row" }, [
      h("span", {}, [title]),
      h(
        "span",
        { class: "row" },
        keys.slice(0, 2).map((key) => keyCaps(key)),
      ),
    ]);
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  return [...groups].map(([group, rows]) => h("section", {}, [h("h3", {}, [group]), ...rows]));
}

/** Buttons and links with `data-key`. */
function keyed() {
  return [...document.querySelectorAll(KEYED)].map((element) => {
    const { key = "", command } = /** @type {HTMLElement} */ (element).dataset;
    return {
      title: titleOf(element),
      group: command || "This page",
      keys: [key],
    };
  });
}

/** A link or button `data-key="n"` is pressed by that key, while nobody types and no dialog is open. */
export function startDataKeys() {
  scope.listen(document, "keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (
      event.target.closest('input, textarea, select, [contenteditable], dialog, [role="menu"]') ||
      document.querySelector("dialog[open]")
    )
      return;
    const wanted = [...document.querySelectorAll(KEYED)].find((element) => sameKey(element, event));
    if (!(wanted instanceof HTMLElement) || !wanted.checkVisibility()) return;
    event.preventDefault();
    wanted.click();
  });
}

/**
 * @param {Element} element
 * @param {KeyboardEvent} event
 */
function sameKey(element, event) {
  return /** @type {HTMLElement} */ (element).dataset.key?.toLowerCase() === event.key.toLowerCase();
}
