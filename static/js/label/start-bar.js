import { h, keepFocus } from "../core/dom.js";

/**
 * In review: whose answer to start from.
 * @param {import('../core/scope.js').Scope} scope
 * @param {{t: import('./types.js').Translate, take: (value: import('./types.js').Answer) => void}} options
 */
export function createStartBar(scope, { t, take }) {
  const element = h("div", { class: "lb-start", role: "group", "aria-label": t("Start from"), hidden: true });
  keepFocus(element, scope);
  return {
    element,
    /** @param {import('./types.js').Other[]} others */
    show(others) {
      element.hidden = others.length === 0;
      element.replaceChildren(
        h("span", { class: "lb-start-title" }, [t("Start from")]),
        ...others.map((other, index) => {
          const mark = h("span", { class: "lb-other-mark", "aria-hidden": "true" });
          mark.style.background = other.color ?? `var(--class-${index % 20})`;
          const button = h("button", { type: "button", class: "lb-button" }, [mark, other.name]);
          button.addEventListener("click", () => take(other.value));
          return button;
        }),
      );
    },
  };
}
