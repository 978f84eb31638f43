import { h } from "../core/dom.js";

const SHOWN = 4000;

/**
 * One line that says what just happened, or why not, to everybody.
 * @param {import('../core/scope.js').Scope} scope
 */
export function createNotice(scope) {
  const element = h("p", { class: "lb-notice", role: "status" });
  let cancel = () => {};
  return {
    element,
    /** @param {string} text */
    show(text) {
      cancel();
      element.textContent = text;
      cancel = scope.timeout(() => {
        element.textContent = "";
      }, SHOWN);
    },
  };
}
