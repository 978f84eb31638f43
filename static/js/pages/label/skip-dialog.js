import { h, keycap } from "../../core/dom.js";
import { isTyping } from "../../core/keys.js";
import { openPageDialog } from "./dialogs.js";

const REASONS = /** @type {const} */ ([
  ["broken", "The item is broken", "It does not load, or it is empty."],
  ["unclear", "The guideline does not say", "I cannot tell what is right here."],
  ["unsuitable", "Not for me", "A language or a subject that I do not know, or that I do not want to see."],
  ["other", "Another reason", "Say which."],
  ["hard", "Too hard for me", "An expert gets it where there is one. It is not held against you."],
]);

/**
 * Asks why: one key takes a reason and skips.
 * @param {(reason: string, comment: string) => void} skip
 */
export function openSkipDialog(skip) {
  const comment = h("textarea", {
    rows: 2,
    maxlength: 10_000,
    "aria-label": "Remark, if you like",
    dir: "auto",
  });
  comment.placeholder = "A remark, if you like";
  const take = (/** @type {string} */ reason) => {
    dialog.close();
    skip(reason, comment.value.trim());
  };
  const buttons = REASONS.map(([reason, title, help], index) => {
    const button = h("button", { type: "button", class: "label-choice", "data-reason": reason }, [
      keycap(String(index + 1)),
      h("span", {}, [h("strong", {}, [title]), h("span", { class: "muted small" }, [help])]),
    ]);
    button.addEventListener("click", () => take(reason));
    return button;
  });
  const dialog = openPageDialog(
    "Skip this item",
    [
      h("p", { class: "muted" }, ["It will not come back to you."]),
      h("div", { class: "label-choices" }, buttons),
      comment,
    ],
    [],
  );
  buttons[0]?.focus();
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || isTyping(event.target)) return;
    const reason = REASONS[Number(event.key) - 1];
    if (!reason) return;
    event.preventDefault();
    take(reason[0]);
  });
}
