import { h } from "../core/dom.js";
import { post } from "./http.js";
import { icon } from "./icon.js";
import { scope } from "./page.js";

/**
 * @typedef {object} Toast
 * @property {string} text
 * @property {'neutral' | 'good' | 'warn' | 'bad'} [tone]
 * @property {() => unknown} [undo] shows an Undo button
 * @property {string} [undoUrl] the same by POST; the page is loaded again afterwards
 * @property {number} [seconds] default 6, with undo 10; bad ones stay until dismissed
 */

const ICONS = { neutral: "info", good: "circle-check", warn: "triangle-alert", bad: "circle-x" };

/**
 * Says something at the foot of the page; read aloud by screen readers.
 * @param {Toast} options
 * @returns {() => void} takes it away
 */
export function toast({ text, tone = "neutral", undo, undoUrl, seconds }) {
  const region = openRegion();
  const close = h("button", {
    type: "button",
    class: "button ghost icon-only",
    "data-toast-close": true,
    "aria-label": "Dismiss",
  });
  close.append(icon("x"));
  const element = h("div", { class: `toast ${tone}` }, [
    icon(ICONS[tone]),
    h("span", { class: "toast-text" }, [text]),
  ]);
  if (undo || undoUrl) element.append(undoButton(element, undo ?? (() => undoAtServer(undoUrl ?? ""))));
  element.append(close);
  region.append(element);
  const life = seconds ?? (undo || undoUrl ? 10 : 6);
  if (tone !== "bad" || seconds) expire(element, life);
  return () => remove(element);
}

/**
 * @param {HTMLElement} element
 * @param {() => unknown} undo
 */
function undoButton(element, undo) {
  const button = h("button", { type: "button", class: "button" }, ["Undo"]);
  button.addEventListener("click", () => {
    remove(element);
    undo();
  });
  return button;
}

/** @param {string} url */
async function undoAtServer(url) {
  try {
    await post(url);
    location.reload();
  } catch (error) {
    toast({
      text: `Could not be undone (${/** @type {Error} */ (error).message}). Reload the page and look again.`,
      tone: "bad",
    });
  }
}

/** The region stands in the top layer, so that a toast shows above a dialog too. */
function openRegion() {
  const region = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
  return region;
}

/**
 * Runs out only while nobody points at it or has the focus in it.
 * @param {HTMLElement} element
 * @param {number} seconds
 */
function expire(element, seconds) {
  scope.timeout(() => {
    if (element.matches(":hover, :focus-within")) expire(element, 2);
    else remove(element);
  }, seconds * 1000);
}

/** @param {Element} element */
function remove(element) {
  const region = element.parentElement;
  element.remove();
  if (region && !region.childElementCount && region.matches(":popover-open")) region.hidePopover();
}

/** Messages that came with the page, and `HX-Trigger: {"ts:toast": {...}}` from the server. */
export function startToasts() {
  const region = document.getElementById("toasts");
  if (!region) return;
  if (region.childElementCount) region.showPopover();
  for (const element of region.querySelectorAll(".toast:not(.bad)"))
    expire(/** @type {HTMLElement} */ (element), 6);
  scope.listen(region, "click", (event) => {
    const button = event.target.closest("[data-toast-close]");
    if (button) remove(button.closest(".toast"));
  });
  scope.listen(document, "ts:toast", (event) => toast(event.detail));
}
