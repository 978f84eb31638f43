import { mountLabeling } from "../label/component.js";
import { ApiError, api } from "../ui/api.js";
import { addCommands, pageKeys } from "../ui/page.js";

/**
 * @typedef {import('../label/types.js').Answer} Answer
 * @typedef {{id: string, position: number, item: import('../label/types.js').Item}} Given
 * @typedef {object} Boot
 * @property {unknown} ontology
 * @property {import('../label/types.js').Preferences} preferences
 * @property {string} next
 * @property {string} judgement with 0 in place of the item's id
 */

/** @param {string} id @returns {HTMLElement} */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** One item after another, each answered without anything that was said about it. */
class Auditing {
  /** @type {import('../label/component.js').LabelingHandle | null} */
  #handle = null;
  /** @type {Given | null} */
  #given = null;
  #shownAt = 0;
  #busy = false;

  /** @param {Boot} boot */
  constructor(boot) {
    this.boot = boot;
    part("audit-submit").addEventListener("click", () => this.#handle?.submit());
    part("audit-unclear").addEventListener("click", () => void this.#judge({ unclear: true }));
    part("audit-skip").addEventListener("click", () => void this.#later());
    pageKeys.bind("s", () => void this.#later(), { id: "audit-later", title: "Judge this one later" });
    pageKeys.bind("Shift+U", () => void this.#judge({ unclear: true }), {
      id: "audit-unclear",
      title: "Nobody can tell",
    });
    addCommands(() => this.#handle?.commands.list() ?? []);
    void this.#next(0);
  }

  /** @param {number} after position to go on behind */
  async #next(after) {
    const answer = await this.#ask(`${this.boot.next}?after=${after}`);
    if (answer === null) return;
    const { item, left } = /** @type {{item: Given | null, left: number}} */ (answer);
    part("audit-left").textContent = String(left);
    this.#given = item;
    this.#shownAt = performance.now();
    if (item) this.#show(item);
    else this.#over(left);
  }

  /** @param {Given} given */
  #show(given) {
    if (this.#handle) {
      this.#handle.setItem({ item: given.item, value: {} });
      return;
    }
    this.#handle = mountLabeling(part("audit-labeling"), {
      ontology: this.boot.ontology,
      item: given.item,
      preferences: this.boot.preferences,
      mode: "review",
      onSubmit: (value) => void this.#judge({ value }),
    });
  }

  /** @param {number} left */
  #over(left) {
    const message = part("audit-over");
    if (left) {
      const reason = "You answered the items that are left, or another auditor has them on the screen.";
      message.querySelector("h1")?.replaceChildren("Nothing left for you");
      message.querySelector("p")?.replaceChildren(reason);
    }
    message.hidden = false;
    part("audit-labeling").hidden = true;
    for (const id of ["audit-submit", "audit-unclear", "audit-skip"])
      part(id).toggleAttribute("disabled", true);
  }

  async #later() {
    if (this.#given && !this.#busy) await this.#next(this.#given.position);
  }

  /** @param {{value?: Answer, unclear?: boolean}} said */
  async #judge(said) {
    const given = this.#given;
    if (!given || this.#busy) return;
    this.#busy = true;
    const seconds = Math.round((performance.now() - this.#shownAt) / 100) / 10;
    const url = this.boot.judgement.replace("/0/", `/${given.id}/`);
    const answer = await this.#ask(url, { ...said, seconds });
    this.#busy = false;
    if (answer !== null) await this.#next(0);
  }

  /**
   * @param {string} url
   * @param {unknown} [body]
   * @returns {Promise<unknown>} null when it was refused; the page says why
   */
  async #ask(url, body) {
    const problem = part("audit-problem");
    problem.hidden = true;
    try {
      return await api("POST", url, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.textContent = error.details;
      problem.hidden = false;
      return null;
    }
  }
}

new Auditing(JSON.parse(part("audit-boot").textContent ?? "{}"));
