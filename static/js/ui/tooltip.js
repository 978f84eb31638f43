import { h } from "../core/dom.js";
import { keyCaps } from "./key-labels.js";
import { scope } from "./page.js";
import { placeBeside } from "./place.js";

const WAIT = 350;

/** `data-tip="Text"` and `data-tip-key="G"`: shown after a moment of pointing, at once on keyboard focus; Esc hides it. */
export function startTooltips() {
  const tip = h("div", { class: "tooltip", popover: "manual", role: "tooltip", id: "tooltip" });
  document.body.append(tip);
  let cancel = () => {};
  const hide = () => {
    cancel();
    if (tip.matches(":popover-open")) tip.hidePopover();
  };
  const show = (/** @type {HTMLElement} */ owner) => {
    const combo = owner.dataset.tipKey;
    tip.replaceChildren(owner.dataset.tip ?? "", ...(combo ? [keyCaps(combo)] : []));
    if (!tip.matches(":popover-open")) tip.showPopover();
    placeBeside(tip, owner, { align: "center", gap: 6 });
  };
  const ask = (/** @type {Event} */ event, /** @type {number} */ wait) => {
    const owner = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
    hide();
    if (owner instanceof HTMLElement) cancel = scope.timeout(() => owner.isConnected && show(owner), wait);
  };
  scope.listen(document, "pointerover", (event) => event.pointerType === "mouse" && ask(event, WAIT));
  scope.listen(document, "focusin", (event) => event.target.matches?.(":focus-visible") && ask(event, 0));
  for (const type of ["focusout", "pointerdown", "scroll"])
    scope.listen(document, type, hide, { capture: true, passive: true });
  scope.listen(document, "keydown", (event) => event.key === "Escape" && hide());
}
