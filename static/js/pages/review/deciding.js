import { ApiError, api } from "../../ui/api.js";
import { toast } from "../../ui/toast.js";
import { askDecision } from "./dialogs.js";
import { columnsOf } from "./others.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Payload} Payload
 */

/** Giving one task its final answer. */
export class Deciding {
  #parts;

  /**
   * @param {{entries: import('./entries.js').Entries, stage: import('./stage.js').Stage,
   *   urls: Record<string, string>, onChange: () => void}} parts
   */
  constructor(parts) {
    this.#parts = parts;
  }

  get payload() {
    const { payload } = this.#parts.stage;
    return payload && payload.subject === null ? payload : null;
  }

  /** @param {number} place 1-based place of the column */
  pick(place) {
    const column = this.payload && columnsOf(this.payload)[place - 1];
    if (column?.pickable) this.#parts.stage.pick(column.id);
  }

  /** Makes the picked answer final. */
  async settle() {
    const { payload } = this;
    const { stage } = this.#parts;
    const column = payload && columnsOf(payload).find(({ id }) => id === stage.base);
    if (!payload || !column) return;
    const isAnswer = payload.answers.some(({ id }) => id === column.id);
    if (isAnswer && !column.pickable)
      toast({ text: "Nobody decides for their own answer: pick another, or edit.", tone: "warn" });
    else
      await this.#decide(payload, `The answer of ${column.name}`, column.value, isAnswer ? column.id : null);
  }

  /** @param {Answer} value made by the reviewer */
  async make(value) {
    if (this.payload) await this.#decide(this.payload, "Your own answer", value, null);
  }

  async withdraw() {
    const { payload } = this;
    if (!payload) return;
    try {
      await api("DELETE", this.#address(payload));
      toast({ text: "Taken back: review and consensus count again.", tone: "good" });
      await this.#refresh(payload);
    } catch (error) {
      toast({ text: error instanceof ApiError ? error.details : String(error), tone: "bad" });
    }
  }

  /**
   * @param {Payload} payload
   * @param {string} text
   * @param {Answer} value
   * @param {string | null} annotation
   */
  async #decide(payload, text, value, annotation) {
    const asked = await askDecision(text);
    if (!asked) return;
    const { reason, gold } = asked;
    const { stage, urls } = this.#parts;
    try {
      await api("POST", this.#address(payload), annotation ? { annotation, reason } : { value, reason });
      stage.leave();
      toast({ text: "This is the final answer now.", tone: "good", undo: () => this.withdraw() });
      if (gold) {
        await api("POST", urls.gold ?? "", { task: payload.task.id, value, explanation: reason });
        toast({ text: "And it is gold.", tone: "good" });
      }
      await this.#refresh(payload);
    } catch (error) {
      if (error instanceof ApiError && error.fields.length && stage.editing) stage.showProblems(error.fields);
      toast({ text: error instanceof ApiError ? error.details : String(error), tone: "bad" });
    }
  }

  /** @param {Payload} payload */
  async #refresh({ task }) {
    const { entries, stage, onChange } = this.#parts;
    const payload = await entries.task(task.id);
    stage.show(payload, entries.ontology(payload.ontology_version));
    onChange();
  }

  /** @param {Payload} payload */
  #address(payload) {
    return this.#parts.urls.decision?.replace("{}", payload.task.id) ?? "";
  }
}
