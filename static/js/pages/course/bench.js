import { Workbench } from "../label/workbench.js";

/** @param {{url: string}} entry of the outbox @returns {boolean} whether it answers an item of practice or quiz */
export function ofCourse({ url }) {
  return url.startsWith("/api/v1/qualification-items/");
}

/** The way of the items in practice and quiz: after an answer in practice comes what was right, then the next item. */
export class CourseBench extends Workbench {
  /** To be looked at before the next item comes. @type {import('./types.js').Feedback | null} */
  feedback = null;
  /** @type {Promise<void> | null} */
  #asking = null;
  #outbox;
  #drafts;
  #heard;
  #shows;

  /**
   * @param {import('../label/workbench.js').Parts} parts
   * @param {import('../label/workbench.js').Screen} screen
   * @param {{heard: (course: import('./types.js').Course | null) => void,
   *   shows: (feedback: import('./types.js').Feedback) => void}} course
   */
  constructor(parts, screen, { heard, shows }) {
    super(parts, screen);
    this.#outbox = parts.outbox;
    this.#drafts = parts.drafts;
    this.#heard = heard;
    this.#shows = shows;
  }

  /** @override @param {import('./types.js').CourseDrawing} drawing */
  receive(drawing) {
    this.feedback = drawing.course?.feedback ?? null;
    this.#heard(drawing.course);
    super.receive(drawing);
  }

  /**
   * @override An answer on its way brings what comes after it: what is asked for meanwhile may be older and arrive
   * later. What was right stays until it has been looked at.
   */
  async refresh() {
    if (this.feedback) return;
    if (this.#outbox.entries.some(ofCourse)) {
      this.reason = null;
      if (!this.current) await this.showNext();
      return;
    }
    this.#asking ??= super.refresh().finally(() => {
      this.#asking = null;
    });
    await this.#asking;
  }

  /** @override @param {string | null} [wanted] */
  async showNext(wanted = null) {
    if (!this.feedback || this.returned.length > 0) return super.showNext(wanted);
    this.#shows(this.feedback);
    return undefined;
  }

  /** The item on the screen gives way for a while; what was typed is kept, and it comes back by itself. */
  putDown() {
    this.#drafts.leave();
    this.current = null;
  }

  /** What was right has been looked at. */
  async goOn() {
    this.feedback = null;
    await this.showNext();
  }
}
