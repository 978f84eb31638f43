import { h } from "../core/dom.js";
import { mountLabeling } from "../label/component.js";
import { csrfToken } from "../ui/http.js";
import { addCommands, pageKeys } from "../ui/page.js";
import { readData } from "../ui/plot-data.js";

/**
 * @typedef {import('../label/types.js').Answer} Answer
 * @typedef {object} Setup
 * @property {unknown} ontology
 * @property {import('../label/types.js').Item} item
 * @property {Answer[]} answers at least one
 * @property {string} task
 * @property {string} api
 * @property {string} back
 */

/** @param {string} id @returns {HTMLElement} */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** The gold editor: several accepted answers, one of which is in the labeling component. */
class GoldEditor {
  #answers;
  #at = 0;
  #handle;

  /** @param {Setup} setup */
  constructor(setup) {
    this.setup = setup;
    this.#answers = setup.answers.map((answer) => structuredClone(answer));
    this.#handle = mountLabeling(part("gold-labeling"), {
      ontology: setup.ontology,
      item: setup.item,
      value: this.#answers[0] ?? {},
      mode: "gold",
      onSubmit: () => void this.save(),
    });
    addCommands(() => this.#handle.commands.list());
    pageKeys.bind("Mod+s", () => void this.save(), { id: "gold-save", title: "Save gold", typing: true });
    part("gold-save").addEventListener("click", () => void this.save());
    this.#showAnswers();
  }

  #keep() {
    this.#answers[this.#at] = structuredClone(this.#handle.value);
  }

  /** @param {number} index */
  #show(index) {
    this.#keep();
    this.#at = index;
    this.#handle.setItem({ item: this.setup.item, value: this.#answers[index] ?? {} });
    this.#showAnswers();
  }

  #showAnswers() {
    const buttons = this.#answers.map((_, index) =>
      this.#button(String(index + 1), () => this.#show(index), index === this.#at),
    );
    const add = this.#button("Add another", () => {
      this.#keep();
      this.#answers.push(structuredClone(this.#answers[this.#at] ?? {}));
      this.#show(this.#answers.length - 1);
    });
    const remove = this.#button("Remove this one", () => {
      this.#answers.splice(this.#at, 1);
      this.#at = 0;
      this.#handle.setItem({ item: this.setup.item, value: this.#answers[0] ?? {} });
      this.#showAnswers();
    });
    part("gold-answers").replaceChildren(...buttons, add, ...(this.#answers.length > 1 ? [remove] : []));
  }

  /**
   * @param {string} label
   * @param {() => void} run
   * @param {boolean} [pressed]
   */
  #button(label, run, pressed) {
    const attributes = { type: "button", class: "button" };
    const button = h(
      "button",
      pressed === undefined ? attributes : { ...attributes, "aria-pressed": String(pressed) },
      [label],
    );
    button.addEventListener("click", run);
    return button;
  }

  async save() {
    this.#keep();
    const problem = part("gold-problem");
    problem.hidden = true;
    const response = await fetch(this.setup.api, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      credentials: "same-origin",
      body: JSON.stringify({
        task: this.setup.task,
        answers: this.#answers,
        tolerance: this.#tolerance(),
        explanation: /** @type {HTMLTextAreaElement} */ (part("gold-explanation")).value,
      }),
    });
    if (response.ok) {
      location.assign(this.setup.back);
      return;
    }
    const { error } = await response.json();
    const details = error.fields.map(
      (/** @type {{path: string, message: string}} */ field) => `${field.path}: ${field.message}`,
    );
    problem.textContent = [error.message, ...details].join(" ");
    problem.hidden = false;
    problem.scrollIntoView({ block: "nearest" });
  }

  #tolerance() {
    /** @type {Record<string, number>} */
    const found = {};
    for (const input of document.querySelectorAll("input[data-tolerance]")) {
      if (input instanceof HTMLInputElement && input.valueAsNumber > 0)
        found[input.dataset.tolerance ?? ""] = input.valueAsNumber;
    }
    return found;
  }
}

const holder = h("div", {});
holder.dataset.source = "gold-editor-data";
/** @type {Setup | null} */
const setup = readData(holder);
if (setup) new GoldEditor(setup);
