/** Six steps on one page; every one can be skipped and come back to. */
export class Stepper {
  /** @type {HTMLElement[]} */
  #buttons;
  /** @type {HTMLElement[]} */
  #panels;
  #onShow;
  #index = 0;

  /**
   * @param {import("../../core/scope.js").Scope} scope
   * @param {(step: string) => void} onShow
   */
  constructor(scope, onShow) {
    this.#onShow = onShow;
    this.#buttons = [...document.querySelectorAll("[data-step]")].map(
      (one) => /** @type {HTMLElement} */ (one),
    );
    this.#panels = [...document.querySelectorAll("[data-panel]")].map(
      (one) => /** @type {HTMLElement} */ (one),
    );
    for (const [index, button] of this.#buttons.entries())
      scope.listen(button, "click", () => this.show(index));
    scope.listen(document, "click", (event) => {
      if (event.target.closest("[data-next]")) this.show(this.#index + 1);
      else if (event.target.closest("[data-back]")) this.show(this.#index - 1);
    });
    this.#select(0);
  }

  /** @param {string} step @param {boolean} done */
  setDone(step, done) {
    this.#buttons
      .find((button) => button.dataset.step === step)
      ?.parentElement?.classList.toggle("done", done);
  }

  /** @param {number} index goes there and puts the cursor into it */
  show(index) {
    const panel = this.#panels[index];
    if (!panel) return;
    this.#select(index);
    this.#onShow(panel.dataset.panel ?? "");
    const target = panel.querySelector("input:not(.visually-hidden), textarea, select, button");
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  #select(index) {
    this.#index = index;
    for (const [place, button] of this.#buttons.entries()) {
      if (place === index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    for (const [place, panel] of this.#panels.entries()) panel.hidden = place !== index;
    const [back, next] = ["[data-back]", "[data-next]"].map(
      (one) => /** @type {HTMLButtonElement} */ (document.querySelector(one)),
    );
    if (back) back.disabled = index === 0;
    if (next) next.disabled = index === this.#panels.length - 1;
  }
}
