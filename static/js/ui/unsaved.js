import { scope } from "./page.js";

/**
 * Asks before the page is left while something is not saved.
 * @param {() => boolean} isDirty
 */
export function guardUnsaved(isDirty) {
  scope.listen(globalThis.window, "beforeunload", (/** @type {BeforeUnloadEvent} */ event) => {
    if (isDirty()) event.preventDefault();
  });
}
