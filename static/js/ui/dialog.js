import { scope } from "./page.js";

/**
 * `data-dialog="id"` opens a `<dialog class="dialog">`, and one with `data-open` is open from the start; `data-dialog-close` or a press on the backdrop closes it.
 * `data-confirm-typing="Name"` on an input keeps the form's submit button off until exactly that is typed.
 */
export function startDialogs() {
  scope.listen(document, "click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) openDialog(opener.dataset.dialog);
    else if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  });
  scope.listen(document, "pointerdown", (event) => {
    if (
      event.target instanceof HTMLDialogElement &&
      event.target.matches(".dialog, .palette") &&
      isOutside(event.target, event)
    ) {
      event.target.close();
    }
  });
  scope.listen(document, "input", (event) => checkTyping(event.target));
  for (const input of document.querySelectorAll("[data-confirm-typing]")) checkTyping(input);
  for (const dialog of document.querySelectorAll("dialog[data-open]")) openDialog(dialog.id);
}

/** @param {string} id */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  dialog.showModal();
  for (const input of dialog.querySelectorAll("[data-confirm-typing]")) checkTyping(input);
}

/**
 * @param {HTMLElement} element
 * @param {PointerEvent} event
 */
function isOutside(element, event) {
  const box = element.getBoundingClientRect();
  return (
    event.clientX < box.left ||
    event.clientX > box.right ||
    event.clientY < box.top ||
    event.clientY > box.bottom
  );
}

/** @param {unknown} input */
function checkTyping(input) {
  if (!(input instanceof HTMLInputElement) || input.dataset.confirmTyping === undefined) return;
  const same = input.value.trim().normalize() === input.dataset.confirmTyping.trim().normalize();
  for (const button of input.form?.querySelectorAll('[type="submit"]') ?? []) {
    /** @type {HTMLButtonElement} */ (button).disabled = !same;
  }
}
