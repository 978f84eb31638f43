import { grouped } from "../core/numbers.js";
import { scope } from "../ui/page.js";
import { toast } from "../ui/toast.js";
import { ApiError, sendJson } from "./import-api.js";

/**
 * @typedef {{actions: string, job: string, filter: Record<string, unknown>}} Setup
 * @typedef {{changed: number, undo: Record<string, unknown>[]}} Outcome
 */

const DONE = new Map([
  ["prioritize", "now come first"],
  ["archive", "deleted"],
  ["restore", "restored"],
  ["review", "answers sent to review"],
  ["requeue", "take one more answer"],
  ["gold", "are gold now"],
  ["experts", "wait for an expert"],
  ["everybody", "are for everybody again"],
]);
const LATER = "ts:after-reload";

/** Bulk actions on the selected tasks, or on all that match; what can be taken back offers to. */
class TaskActions {
  #setup;
  #list;
  #whole = document.getElementById("whole");

  /**
   * @param {Setup} setup
   * @param {import("../ui/selection.js").Selection} list
   */
  constructor(setup, list) {
    this.#setup = setup;
    this.#list = list;
    for (const button of list.querySelectorAll("[data-act]"))
      scope.listen(button, "click", () => void this.#act(/** @type {HTMLElement} */ (button)));
    if (this.#whole) scope.listen(this.#whole, "click", () => this.#toggleWhole());
    this.#sayWhatWasDone();
  }

  get #isWhole() {
    return this.#whole?.getAttribute("aria-pressed") === "true";
  }

  #toggleWhole() {
    this.#whole?.setAttribute("aria-pressed", String(!this.#isWhole));
  }

  /** @param {HTMLElement} button */
  async #act(button) {
    const { act: action = "", value = "0" } = button.dataset;
    const what = this.#isWhole ? { filter: this.#setup.filter } : { tasks: this.#list.values };
    try {
      const answer = await sendJson(this.#setup.actions, { action, value: Number(value), ...what });
      if (this.#isWhole) this.#follow(/** @type {{id: string}} */ (answer));
      else this.#reload(action, /** @type {Outcome} */ (answer));
    } catch (error) {
      const text = error instanceof ApiError ? error.message : "No connection. Nothing was changed.";
      toast({ text, tone: "bad" });
    }
  }

  /** @param {{id: string}} job */
  #follow({ id }) {
    window.location.assign(this.#setup.job.replace("{id}", encodeURIComponent(id)));
  }

  /**
   * The page is loaded anew, and says there what happened.
   * @param {string} action
   * @param {Outcome} outcome
   */
  #reload(action, outcome) {
    sessionStorage.setItem(LATER, JSON.stringify({ action, outcome }));
    window.location.reload();
  }

  #sayWhatWasDone() {
    const kept = sessionStorage.getItem(LATER);
    if (!kept) return;
    sessionStorage.removeItem(LATER);
    const { action, outcome } = /** @type {{action: string, outcome: Outcome}} */ (JSON.parse(kept));
    if (!outcome.changed) {
      toast({ text: "Nothing was changed: none of these tasks is in a state for that.", tone: "warn" });
      return;
    }
    const text = `${grouped(outcome.changed)} ${DONE.get(action) ?? "changed"}`;
    const undo = outcome.undo.length ? () => void this.#undo(outcome.undo) : undefined;
    toast(undo ? { text, tone: "good", undo } : { text, tone: "good" });
  }

  /** @param {Record<string, unknown>[]} requests */
  async #undo(requests) {
    try {
      for (const request of requests) await sendJson(this.#setup.actions, request);
      window.location.reload();
    } catch (error) {
      const text = error instanceof ApiError ? error.message : "No connection. It was not taken back.";
      toast({ text, tone: "bad" });
    }
  }
}

const list = document.getElementById("tasks");
const setup = document.getElementById("setup")?.textContent;
if (list && setup)
  new TaskActions(JSON.parse(setup), /** @type {import("../ui/selection.js").Selection} */ (list));
