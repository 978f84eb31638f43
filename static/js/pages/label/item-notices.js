import { sameJson } from "../../core/json.js";

/**
 * @typedef {import('./types.js').Answer} Answer
 * @typedef {import('./types.js').Refusal} Refusal
 * @typedef {import('./types.js').Work} Work
 *
 * @typedef {object} Parts
 * @property {import('./banner.js').Banner} banner
 * @property {import('../../label/component.js').LabelingHandle} handle
 * @property {import('./drafts.js').Drafts} drafts
 * @property {import('./ontologies.js').Ontologies} ontologies
 * @property {import('./workbench.js').Workbench} workbench
 */

/** What has to be said about the item on the screen, and what can be done about it. */
export class ItemNotices {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  hide() {
    this.#parts.banner.hide();
  }

  /** @param {Work} work it has just come on the screen */
  about(work) {
    const { banner, handle } = this.#parts;
    banner.hide();
    if (work.refusal) this.#refused(work, work.refusal);
    else if (work.assignment.rework) this.#sentBack(work);
    else if (work.mode === "correct")
      banner.show({
        tone: "neutral",
        icon: "history",
        lines: ["One of your answers. What you change becomes a new version."],
      });
    else if (work.assignment.for_experts)
      banner.show({
        tone: "neutral",
        icon: "info",
        lines: ["For you as an expert: such items were too hard for somebody, or are kept for experts."],
      });
    const pin = work.assignment.rework?.reviews.find((review) => review.pin?.region)?.pin;
    if (pin?.region) handle.select(pin.region);
  }

  /** @param {Work} work */
  #sentBack({ assignment }) {
    const { handle, banner } = this.#parts;
    const reviews = assignment.rework?.reviews ?? [];
    const pinned = reviews.find((review) => review.pin?.region)?.pin?.region;
    banner.show({
      tone: "warn",
      icon: "undo-2",
      lines: [
        "Sent back to you. Your answer is loaded: mend it and submit.",
        ...reviews.map(({ code, comment }) => [code, comment].filter(Boolean).join(": ")),
      ],
      actions: pinned ? [{ text: "Show the place", run: () => handle.select(pinned) }] : [],
    });
  }

  /**
   * An answer that came back, or met another version.
   * @param {Work} work
   * @param {Refusal} refusal
   */
  #refused(work, refusal) {
    const { banner, handle, ontologies, workbench } = this.#parts;
    const { value: theirs } = refusal.current ?? {};
    if (!theirs) {
      const wrong = refusal.fields.map(({ path, message }) => `${path}: ${message}`);
      banner.show({
        tone: "bad",
        icon: "circle-alert",
        lines: [`This answer was not accepted: ${refusal.message}`, ...wrong],
        actions: [{ text: "Drop it", run: () => void workbench.drop() }],
      });
      return;
    }
    const mine = work.value;
    banner.versions({
      title: `${refusal.message} Look at both and keep one.`,
      definition: ontologies.now(work.assignment.ontology_version),
      mine,
      theirs,
      look: (value) => handle.setValue(value),
      keepMine: () => this.#keep(work, refusal, mine),
      keepTheirs: () => this.#keep(work, refusal, theirs),
    });
  }

  /**
   * @param {Work} work
   * @param {Refusal} refusal
   * @param {Answer} value the version that is to stand
   */
  #keep(work, { code, current }, value) {
    const { banner, drafts, handle, workbench } = this.#parts;
    banner.hide();
    if (code === "draft") {
      work.refusal = null;
      handle.setValue(value);
      drafts.overrule(current?.revision ?? 0);
      drafts.changed(value, work.seconds);
      return;
    }
    const annotation = work.annotation?.id ?? current?.annotation;
    if (sameJson(value, current?.value) || !annotation) {
      void workbench.drop();
      return;
    }
    Object.assign(work, { annotation: { id: annotation, version: current?.version ?? 1 }, refusal: null });
    workbench.submit(value);
  }

  /** @param {Refusal['current']} current what another computer saved of the item on the screen */
  draftConflict(current) {
    const { workbench, handle } = this.#parts;
    const work = workbench.current;
    if (!work || !current?.value) return;
    const message = "This item was also worked on elsewhere.";
    const refusal = { status: 409, code: "draft", message, fields: [], current };
    Object.assign(work, { refusal, value: handle.value });
    this.#refused(work, refusal);
  }

  /** The item on the screen was answered or skipped on another computer. */
  closed() {
    const { banner, workbench } = this.#parts;
    banner.show({
      tone: "warn",
      icon: "info",
      lines: [
        "You have answered or skipped this item elsewhere. Submit to compare both answers, or leave it.",
      ],
      actions: [{ text: "Leave it", run: () => void workbench.drop() }],
    });
  }

  ranOut() {
    this.#parts.banner.show({
      tone: "warn",
      icon: "clock",
      lines: [
        "Your time on this item ran out, so somebody else may get it. Send your answer all the same: if its place is taken, it is kept beside those that count.",
      ],
    });
  }
}
