import { api } from "../../ui/api.js";

/**
 * @typedef {import('./types.js').Judgement} Judgement
 * @typedef {{annotations: string[], entry: string | null, back: () => void, what: string}} Given
 *   `entry`: in the outbox, as long as it waits there
 */

/** Verdicts are sent while the next entry is looked at already; each can be taken back. */
export class Verdicts {
  #urls;
  #outbox;
  #project;
  /** @type {Given[]} */
  #given = [];

  /**
   * @param {Record<string, string>} urls
   * @param {import('./outbox.js').VerdictOutbox} outbox
   * @param {string} project
   */
  constructor(urls, outbox, project) {
    this.#urls = urls;
    this.#outbox = outbox;
    this.#project = project;
  }

  get canUndo() {
    return this.#given.length > 0;
  }

  /**
   * @param {string} annotation
   * @param {Judgement} judgement
   * @param {() => void} back brings the entry back into the queue
   * @returns {Promise<import('./outbox.js').Outcome>} when the server has answered, however long that takes
   */
  async give(annotation, judgement, back) {
    const url = this.#address(annotation);
    const { id, outcome } = this.#outbox.add({ project: this.#project, annotation, url, judgement });
    const given = { annotations: [annotation], entry: id, back, what: WHAT[judgement.verdict] };
    this.#given.push(given);
    const answer = await outcome;
    if (!answer.ok) this.#given = this.#given.filter((other) => other !== given);
    return answer;
  }

  /**
   * @param {string[]} annotations
   * @param {() => void} back
   * @returns {Promise<{accepted: number, refused: {annotation: string, message: string}[]}>}
   */
  async acceptAll(annotations, back) {
    const answer = /** @type {{accepted: number, refused: {annotation: string, message: string}[]}} */ (
      await api("POST", this.#urls.queue ?? "", { annotations })
    );
    const refused = new Set(answer.refused.map(({ annotation }) => annotation));
    const accepted = annotations.filter((annotation) => !refused.has(annotation));
    if (accepted.length)
      this.#given.push({ annotations: accepted, entry: null, back, what: `${accepted.length} accepted` });
    return answer;
  }

  /**
   * Takes the last verdict back.
   * @returns {Promise<{what: string, annotations: string[], arrived: boolean} | null>} null when there is none;
   *   `arrived`: the server had it
   * @throws {import('../../ui/api.js').ApiError} when it cannot be taken back any more
   */
  async undo() {
    const last = this.#given.pop();
    if (!last) return null;
    const here = last.entry !== null && (await this.#outbox.withdraw(last.entry));
    if (!here) for (const annotation of last.annotations) await api("DELETE", this.#address(annotation));
    last.back();
    return { ...last, arrived: !here };
  }

  /** @param {string} annotation */
  #address(annotation) {
    return this.#urls.verdicts?.replace("{}", annotation) ?? "";
  }
}

/** @type {Record<Judgement["verdict"], string>} */
const WHAT = { accept: "Accepted", fix: "Fixed", reject: "Sent back" };
