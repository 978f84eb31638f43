/** @typedef {import('./types.js').Pin} Pin */

/**
 * Why an answer goes back: a digit chooses the code, Enter sends.
 * @param {Pin | null} pin the selected region
 * @returns {Promise<{code: string, comment: string, pin: Pin | null} | null>} null when it was closed
 */
export async function askRejection(pin) {
  const dialog = dialogOf("reject-dialog");
  const form = formOf(dialog);
  form.reset();
  const pinned = /** @type {HTMLElement} */ (dialog.querySelector("#reject-pin"));
  pinned.hidden = pin === null;
  /** @type {HTMLElement} */ (dialog.querySelector("#reject-no-pin")).hidden = pin !== null;
  /** @type {HTMLElement} */ (dialog.querySelector("[data-pin-text]")).textContent = pin?.text ?? "";
  const data = await ask(dialog);
  if (!data) return null;
  return {
    code: String(data.get("code")),
    comment: String(data.get("comment")).trim(),
    pin: pin && data.get("pinned") ? pin : null,
  };
}

/**
 * Why this is the final answer.
 * @param {string} text what becomes final
 * @returns {Promise<{reason: string, gold: boolean} | null>} null when it was closed
 */
export async function askDecision(text) {
  const dialog = dialogOf("decide-dialog");
  formOf(dialog).reset();
  /** @type {HTMLElement} */ (dialog.querySelector("[data-decide-text]")).textContent = text;
  const data = await ask(dialog);
  return data && { reason: String(data.get("reason")).trim(), gold: data.get("gold") !== null };
}

/** @returns {boolean} whether a dialog has the keys */
export function dialogIsOpen() {
  return document.querySelector("dialog[open]") !== null;
}

/**
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<FormData | null>}
 */
function ask(dialog) {
  const form = formOf(dialog);
  const over = new AbortController();
  const { signal } = over;
  return new Promise((resolve) => {
    const end = (/** @type {FormData | null} */ data) => {
      if (signal.aborted) return;
      over.abort();
      dialog.close();
      resolve(data);
    };
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        end(new FormData(form));
      },
      { signal },
    );
    dialog.addEventListener("close", () => end(null), { signal });
    dialog.addEventListener("keydown", (event) => onKey(event, form), { signal });
    dialog.showModal();
  });
}

/**
 * The page's keys stay asleep below a dialog.
 * @param {KeyboardEvent} event
 * @param {HTMLFormElement} form
 */
function onKey(event, form) {
  event.stopPropagation();
  const writing = event.target instanceof HTMLTextAreaElement;
  if (
    event.key === "Enter" &&
    !event.isComposing &&
    (writing ? event.ctrlKey || event.metaKey : isChoice(event.target))
  ) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const choice = form.querySelectorAll('input[type="radio"]')[Number(event.key) - 1];
  if (writing || event.ctrlKey || event.metaKey || event.altKey || !(choice instanceof HTMLInputElement))
    return;
  event.preventDefault();
  choice.checked = true;
  choice.focus();
}

/** @param {EventTarget | null} target a radio or a box: there Enter sends */
function isChoice(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLDialogElement;
}

/** @param {string} id */
function dialogOf(id) {
  return /** @type {HTMLDialogElement} */ (document.getElementById(id));
}

/** @param {HTMLDialogElement} dialog */
function formOf(dialog) {
  return /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
}
