/** Who else works in the project: rows of address and role. */
export class PeopleStep {
  #rows = /** @type {HTMLElement} */ (document.getElementById("people-rows"));
  #template = /** @type {HTMLTemplateElement} */ (document.getElementById("person-row"));

  /** @param {import("../../core/scope.js").Scope} scope */
  constructor(scope) {
    const add = /** @type {HTMLElement} */ (document.querySelector("[data-add-person]"));
    scope.listen(add, "click", () => this.#add(true));
    scope.listen(this.#rows, "click", (event) => {
      if (event.target.closest("[data-remove]")) event.target.closest(".person-row").remove();
    });
    scope.listen(this.#rows, "keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
      event.preventDefault();
      this.#add(true);
    });
    this.#add(false);
  }

  /** @returns {{email: string, role: string}[]} */
  get people() {
    return [...this.#rows.children]
      .map((row) => ({
        email: row.querySelector("input")?.value.trim() ?? "",
        role: row.querySelector("select")?.value ?? "",
      }))
      .filter(({ email }) => email !== "");
  }

  /** @param {boolean} focus */
  #add(focus) {
    this.#rows.append(this.#template.content.cloneNode(true));
    if (focus) this.#rows.lastElementChild?.querySelector("input")?.focus();
  }
}
