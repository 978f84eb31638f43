import { h } from "../../core/dom.js";
import { grouped } from "../../core/numbers.js";
import { icon } from "../../ui/icon.js";

const SHOWN = 50;

/** Everything that is wrong, each with its path; a press goes there. */
export class ProblemList {
  #ontology;

  /**
   * @param {import("./document.js").OntologyDocument} ontology
   * @param {import("../../core/scope.js").Scope} scope
   */
  constructor(ontology, scope) {
    this.#ontology = ontology;
    this.element = h("div", { class: "problem-list", role: "status" });
    scope.listen(this.element, "click", (event) => {
      const button = event.target.closest("[data-path]");
      if (button) this.#go(button.dataset.path);
    });
  }

  /** @param {readonly import("./validation.js").Problem[]} problems */
  show(problems) {
    if (!problems.length) {
      this.element.replaceChildren(h("p", { class: "problem-none" }, [icon("circle-check"), "No problems"]));
      return;
    }
    const more = problems.length - SHOWN;
    const lines = problems
      .slice(0, SHOWN)
      .map(({ path, message }) =>
        h("li", {}, [
          icon("circle-alert"),
          path ? h("button", { type: "button", class: "link-button mono", "data-path": path }, [path]) : null,
          h("span", { dir: "auto" }, [message]),
        ]),
      );
    const rest = more > 0 ? [h("li", { class: "muted" }, [`and ${grouped(more)} more`])] : [];
    const count = problems.length === 1 ? "1 problem" : `${grouped(problems.length)} problems`;
    this.element.replaceChildren(
      h("p", { class: "problem-count" }, [count]),
      h("ul", {}, [...lines, ...rest]),
    );
  }

  /** @param {string} path such as `fields[0].options[3].hotkey`: selects the node that it lies in */
  #go(path) {
    const parts = path.match(/[^.[\]]+/g) ?? [];
    /** @type {import("./paths.js").Path} */
    let found = [];
    /** @type {import("./paths.js").Path} */
    const at = [];
    for (const part of parts) {
      at.push(/^\d+$/.test(part) ? Number(part) : part);
      if (typeof at.at(-1) === "number" && typeof this.#ontology.get(at) === "object") found = [...at];
    }
    if (found.length) this.#ontology.select(found);
  }
}
