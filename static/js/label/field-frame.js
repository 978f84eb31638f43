import { h, uniqueId } from "../core/dom.js";
import { createOthers } from "./others.js";

/**
 * @typedef {import('./types.js').Ctx} Ctx
 * @typedef {import('./types.js').LabelTypeModule} LabelTypeModule
 */

/**
 * A field at the side: number, title, what is asked, the panel of its type, what is wrong with it.
 */
export class FieldFrame {
  #problem;

  /**
   * @param {Ctx} ctx
   * @param {LabelTypeModule} module
   * @param {number} count how many fields there are
   */
  constructor(ctx, module, count) {
    const { field, index, t } = ctx;
    const title = uniqueId("lb-title");
    const problem = uniqueId("lb-problem");
    this.ctx = ctx;
    this.module = module;
    this.panel = module.createPanel(ctx);
    this.tool = ctx.surface && module.createTool ? module.createTool(ctx) : null;
    this.#problem = h("p", { class: "lb-problem", id: problem, role: "alert", hidden: true });
    this.element = h(
      "section",
      {
        class: "lb-field",
        role: "group",
        "data-field": field.name,
        "data-type": field.type,
        "aria-labelledby": title,
        "aria-describedby": problem,
      },
      [
        h("h3", { class: "lb-title", id: title }, [
          count > 1 ? h("span", { class: "lb-number", "aria-hidden": "true" }, [String(index + 1)]) : null,
          h("span", { class: "lb-title-text", dir: "auto" }, [field.title]),
          field.required ? h("span", { class: "lb-required" }, [t("required")]) : null,
        ]),
        field.description ? h("p", { class: "lb-description", dir: "auto" }, [field.description]) : null,
        this.panel.element,
        ctx.mode === "review" ? createOthers(ctx, module) : null,
        this.#problem,
      ],
    );
    ctx.scope.listen(this.element, "focusin", () => ctx.activate());
    ctx.scope.listen(this.element, "pointerdown", () => ctx.activate());
  }

  /** @param {boolean} active */
  setActive(active) {
    this.element.classList.toggle("is-active", active);
  }

  /** @param {boolean} visible */
  setVisible(visible) {
    this.element.hidden = !visible;
  }

  get visible() {
    return !this.element.hidden;
  }

  /** @param {string[]} messages */
  setProblems(messages) {
    this.element.classList.toggle("has-problem", messages.length > 0);
    this.#problem.hidden = messages.length === 0;
    this.#problem.textContent = messages.join("; ");
  }
}
