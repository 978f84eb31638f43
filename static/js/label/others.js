import { aside, h, keepFocus } from "../core/dom.js";
import { sameJson } from "../core/json.js";

/**
 * @typedef {import('./types.js').Ctx} Ctx
 * @typedef {import('./types.js').LabelTypeModule} LabelTypeModule
 * @typedef {import('./types.js').OtherValue} OtherValue
 */

/**
 * In review: what others answered to this field, what differs from the answer here, and one press to take it.
 * @param {Ctx} ctx
 * @param {LabelTypeModule} module
 * @returns {HTMLElement}
 */
export function createOthers(ctx, module) {
  const element = h("ul", { class: "lb-others", role: "list", "aria-label": ctx.t("Answers of others") });
  keepFocus(element, ctx.scope);
  const render = () => {
    const others = ctx.others();
    const silent = ctx.store.get() === undefined && others.every(({ value }) => value === undefined);
    element.replaceChildren(...others.map((other) => row(ctx, module, other)));
    element.hidden = silent || others.length === 0;
  };
  ctx.store.subscribe(render, ctx.scope);
  render();
  return element;
}

/**
 * @param {Ctx} ctx
 * @param {LabelTypeModule} module
 * @param {OtherValue} other
 */
function row(ctx, module, other) {
  const { field, t } = ctx;
  const differs = (module.differs ?? ((a, b) => !sameJson(a, b)))(ctx.store.get(), other.value, field);
  const said = other.value === undefined ? t("no answer") : module.summarize(other.value, field);
  const mark = h("span", { class: "lb-other-mark", "aria-hidden": "true" });
  mark.style.background = other.color;
  const children = [
    mark,
    h("span", { class: "lb-other-name" }, [other.name]),
    aside(":"),
    h("span", { class: "lb-other-said", dir: "auto" }, [said]),
    aside(","),
    differs ? h("span", { class: "lb-other-sign" }, [t("differs")]) : aside(t("the same")),
  ];
  const take = h(
    "button",
    { type: "button", class: "lb-other", title: t("Take this answer"), disabled: ctx.readOnly },
    children,
  );
  take.classList.toggle("is-different", differs);
  take.addEventListener("click", () => ctx.store.set(other.value));
  return h("li", {}, [take]);
}
