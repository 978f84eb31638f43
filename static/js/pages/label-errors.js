import { h } from "../core/dom.js";
import { mountLabeling } from "../label/component.js";
import { ApiError, api } from "../ui/api.js";
import { addCommands, pageKeys } from "../ui/page.js";

/**
 * @typedef {import('../label/types.js').Answer} Answer
 * @typedef {{id: string, task: string, field: string, says: string, suggested: string, why: string}} Flag
 * @typedef {{flag: Flag | null, item: import('../label/types.js').Item, value: Answer, left: number}} Given
 * @typedef {object} Boot
 * @property {unknown} ontology
 * @property {import('../label/types.js').Preferences} preferences
 * @property {string} next
 * @property {string} judgement with 0 in place of the flag's id
 * @property {string} adjudication with 0 in place of the task's id
 */

/** @param {string} id @returns {HTMLElement} */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * A sentence whose “quoted names” are set apart: one from right to left moves none of its words.
 *
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
function namesApart(text) {
  return text.split(/“([^”]*)”/).flatMap((part, at) => (at % 2 ? ["“", h("bdi", {}, [part]), "”"] : [part]));
}

/** One flagged label after another: an error, or not; what is one can be set right at once. */
class Judging {
  /** @type {import('../label/component.js').LabelingHandle | null} */
  #handle = null;
  /** @type {Given | null} */
  #given = null;
  #busy = false;
  #correcting = false;

  /** @param {Boot} boot */
  constructor(boot) {
    this.boot = boot;
    for (const button of document.querySelectorAll("[data-verdict]"))
      button.addEventListener("click", () => void this.#judge(button.getAttribute("data-verdict") ?? ""));
    part("flags-correct").addEventListener("click", () => this.#handle?.submit());
    part("flags-leave").addEventListener("click", () => void this.#next());
    const verdict = (/** @type {string} */ key, /** @type {string} */ word, /** @type {string} */ title) =>
      pageKeys.bind(key, () => void this.#judge(word), { id: `flag-${word}`, title });
    verdict("Shift+E", "error", "The label is wrong");
    verdict("Shift+N", "right", "The label is right");
    verdict("Shift+S", "skipped", "Skip");
    pageKeys.bind("Shift+L", () => void (this.#correcting && this.#next()), {
      id: "flag-leave",
      title: "Leave the label as it is",
    });
    addCommands(() => this.#handle?.commands.list() ?? []);
    void this.#next();
  }

  async #next() {
    const answer = await this.#ask("GET", this.boot.next);
    if (answer === null) return;
    const given = /** @type {Given} */ (answer);
    this.#given = given.flag ? given : null;
    part("flags-left").textContent = String(given.left);
    this.#mode(false);
    if (given.flag) this.#show(given, given.value, false);
    else {
      part("flags-over").hidden = false;
      for (const id of ["flags-labeling", "flags-why", "flags-judging"]) part(id).hidden = true;
    }
  }

  /** @param {boolean} correcting */
  #mode(correcting) {
    this.#correcting = correcting;
    part("flags-judging").hidden = correcting;
    part("flags-correcting").hidden = !correcting;
  }

  /**
   * @param {Given} given
   * @param {Answer} value
   * @param {boolean} correcting
   */
  #show(given, value, correcting) {
    const flag = /** @type {Flag} */ (given.flag);
    this.#handle?.dispose();
    this.#handle = mountLabeling(part("flags-labeling"), {
      ontology: this.boot.ontology,
      item: given.item,
      value,
      preferences: this.boot.preferences,
      mode: "review",
      readOnly: !correcting,
      onSubmit: (said) => void this.#correct(said),
    });
    part("flags-why").replaceChildren(h("p", {}, namesApart(flag.why)));
  }

  /** @param {string} verdict */
  async #judge(verdict) {
    const given = this.#given;
    if (!given?.flag || this.#busy || this.#correcting) return;
    this.#busy = true;
    const url = this.boot.judgement.replace("/0/", `/${given.flag.id}/`);
    const answer = await this.#ask("POST", url, { verdict });
    this.#busy = false;
    if (answer === null) return;
    if (verdict !== "error") {
      await this.#next();
      return;
    }
    this.#mode(true);
    this.#show(given, { ...given.value, [given.flag.field]: given.flag.suggested }, true);
  }

  /** @param {Answer} value */
  async #correct(value) {
    if (!this.#given?.flag || !this.#correcting || this.#busy) return;
    this.#busy = true;
    const url = this.boot.adjudication.replace("/0/", `/${this.#given.flag.task}/`);
    const answer = await this.#ask("POST", url, { value, reason: "Label error" });
    this.#busy = false;
    if (answer !== null) await this.#next();
  }

  /**
   * @param {"GET" | "POST"} method
   * @param {string} url
   * @param {unknown} [body]
   * @returns {Promise<unknown>} null when it was refused; the page says why
   */
  async #ask(method, url, body) {
    const problem = part("flags-problem");
    problem.hidden = true;
    try {
      return await api(method, url, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem.textContent = error.details;
      problem.hidden = false;
      return null;
    }
  }
}

new Judging(JSON.parse(part("flags-boot").textContent ?? "{}"));
