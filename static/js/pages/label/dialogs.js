import { h } from "../../core/dom.js";
import { icon } from "../../ui/icon.js";

/**
 * A dialog of this page: made when it opens, gone when it closes.
 * @param {string} title
 * @param {(Node | null)[]} body
 * @param {Node[]} foot
 * @returns {HTMLDialogElement}
 */
export function openPageDialog(title, body, foot) {
  const close = h("button", {
    type: "button",
    class: "button ghost icon-only",
    "data-dialog-close": true,
    "aria-label": "Close",
  });
  close.append(icon("x"));
  const dialog = h("dialog", { class: "dialog", "aria-label": title }, [
    h("div", { class: "dialog-head" }, [h("h2", {}, [title]), close]),
    h("div", { class: "dialog-body" }, body),
    foot.length ? h("div", { class: "dialog-foot" }, foot) : null,
  ]);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
