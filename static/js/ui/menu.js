import { scope } from "./page.js";
import { placeBeside } from "./place.js";

/** Native popovers `.menu`: placed at their button, arrow keys and first letters in menus. */
export function startMenus() {
  scope.listen(
    document,
    "toggle",
    (event) => {
      const popover = event.target;
      if (!(popover instanceof HTMLElement) || !popover.matches(".menu")) return;
      const button = document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
      button?.setAttribute("aria-expanded", String(event.newState === "open"));
      if (event.newState !== "open" || !button) return;
      placeBeside(popover, button, { align: alignOf(button) });
      items(popover)[0]?.focus();
    },
    { capture: true },
  );
  scope.listen(document, "keydown", (event) => {
    const menu = event.target instanceof Element ? event.target.closest(".menu:popover-open") : null;
    if (menu && moveIn(menu, event)) event.preventDefault();
  });
  for (const button of document.querySelectorAll("[popovertarget]"))
    button.setAttribute("aria-expanded", "false");
}

/** @param {Element} button @returns {'start' | 'end'} away from the nearer edge of the window */
function alignOf(button) {
  const { left, right } = button.getBoundingClientRect();
  return (left + right) / 2 > innerWidth / 2 ? "end" : "start";
}

/** @param {Element} menu @returns {HTMLElement[]} */
function items(menu) {
  return [...menu.querySelectorAll("a, button")]
    .filter((item) => item instanceof HTMLElement && !item.matches(":disabled, [hidden]"))
    .map((item) => /** @type {HTMLElement} */ (item));
}

/**
 * @param {Element} menu
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key moved the focus
 */
function moveIn(menu, event) {
  const all = items(menu);
  const now = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = target(event, all, now);
  next?.focus();
  return Boolean(next);
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} all
 * @param {number} now
 * @returns {HTMLElement | undefined}
 */
function target(event, all, now) {
  if (event.key === "ArrowDown") return all[(now + 1) % all.length];
  if (event.key === "ArrowUp") return all[(now - 1 + all.length) % all.length];
  if (event.key === "Home") return all[0];
  if (event.key === "End") return all.at(-1);
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const starts = (/** @type {HTMLElement} */ item) =>
    (item.textContent ?? "").trim().toLowerCase().startsWith(event.key.toLowerCase());
  return all.slice(now + 1).find(starts) ?? all.find(starts);
}
