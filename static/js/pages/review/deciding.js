import { ApiError, api } from "../../ui/api.js";
import { toast } from "../../ui/toast.js";
import { askDecision } from "./dialogs.js";
import { columnsOf } from "./others.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Payload} Payload
 */

/** Giving one task its final answer: shown as given at once, sent behind, kept in the browser until it has arrived. */
export class Deciding {
  #parts;
  /** In the outbox, as long as it waits there. */
  #entry = "";

  /**
   * @param {{entries: import('./entries.js').Entries, stage: import('./stage.js').Stage,
   *   outbox: import('./outbox.js').VerdictOutbox, urls: Record<string, string>, boot: import('./types.js').Boot,
   *   onChange: () => void}} parts
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

  /** @param {Payload} payload the page's first task: with the decision that an earlier page has left unsent */
  resume(payload) {
    const { outbox } = this.#parts;
    const left = outbox.entries.findLast(({ decides }) => decides?.task === payload.task.id);
    if (left) this.#entry = left.id;
    this.#show({ ...payload, decision: left?.decides?.decision ?? payload.decision });
  }

  async withdraw() {
    const { payload } = this;
    if (!payload) return;
    try {
      const here = await this.#parts.outbox.withdraw(this.#entry);
      if (!here) await api("DELETE", this.#address(payload));
      toast({ text: "Taken back: review and consensus count again.", tone: "good" });
      if (here) this.#show({ ...payload, decision: null });
      await this.#refresh(payload).catch((error) => {
        if (!here) throw error; // the server never heard of it
      });
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
    const { stage, urls, outbox, boot } = this.#parts;
    const choice = annotation ? { annotation, reason } : { value, reason };
    const requests = [
      { url: this.#address(payload), body: { ...choice, instead_of: payload.decision?.id || null } },
    ];
    const explained = { task: payload.task.id, value, explanation: reason };
    if (gold) requests.push({ url: urls.gold ?? "", body: /** @type {any} */ (explained) });
    const decision = {
      id: "",
      value,
      annotation,
      reason,
      by: boot.name,
      created_at: new Date().toISOString(),
    };
    const { id, outcome } = outbox.add({
      project: boot.project.id,
      annotations: [],
      decides: { task: payload.task.id, decision },
      requests,
    });
    this.#entry = id;
    const wasEditing = stage.editing;
    this.#show({ ...payload, decision });
    const dismiss = toast({
      text: "This is the final answer now.",
      tone: "good",
      undo: () => this.withdraw(),
    });
    const result = await outcome;
    if (result.ok && gold) toast({ text: "And it is gold.", tone: "good" });
    if (!result.ok) {
      dismiss();
      const what = result.step ? "It is final, but not gold." : "Not saved: nothing was decided.";
      toast({ text: `${what} ${result.error.details}`, tone: "bad" });
      if (result.step === 0) {
        this.#show(payload);
        if (wasEditing) stage.edit(value);
      }
    }
    if (result.ok || result.step || !wasEditing) await this.#refresh(payload).catch(() => {});
  }

  /** @param {Payload} payload */
  #show(payload) {
    const { entries, stage, onChange } = this.#parts;
    stage.show(payload, entries.ontology(payload.ontology_version));
    onChange();
  }

  /** @param {Payload} payload */
  async #refresh({ task }) {
    this.#show(await this.#parts.entries.task(task.id));
  }

  /** @param {Payload} payload */
  #address(payload) {
    return this.#parts.urls.decision?.replace("{}", payload.task.id) ?? "";
  }
}
