import { api } from "../../ui/api.js";

/**
 * @typedef {import('./types.js').Judgement} Judgement
 * @typedef {import('../../ui/api.js').ApiError} ApiError
 * @typedef {{annotations: string[], entry: string, back: () => void, what: string}} Given
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
    const requests = [{ url: this.#address(annotation), body: judgement }];
    const { outcome } = this.#add([annotation], requests, back, WHAT[judgement.verdict]);
    return outcome;
  }

  /**
   * @param {string[]} annotations
   * @param {() => void} back
   * @returns {Promise<{ok: true, refused: {annotation: string, message: string}[]} | {ok: false, error: ApiError}>}
   *   when the server has answered
   */
  async acceptAll(annotations, back) {
    const requests = [{ url: this.#urls.queue ?? "", body: { annotations } }];
    const { given, outcome } = this.#add(annotations, requests, back, `${annotations.length} accepted`);
    const result = await outcome;
    if (!result.ok) return result;
    /** @type {{annotation: string, message: string}[]} */
    const refused = result.answers[0].refused;
    const names = new Set(refused.map(({ annotation }) => annotation));
    given.annotations = annotations.filter((annotation) => !names.has(annotation));
    if (!given.annotations.length) this.#forget(given);
    return { ok: true, refused };
  }

  /**
   * @param {string[]} annotations
   * @param {import('./outbox.js').Word["requests"]} requests
   * @param {() => void} back
   * @param {string} what
   */
  #add(annotations, requests, back, what) {
    const word = { project: this.#project, annotations, decides: null, requests };
    const { id, outcome } = this.#outbox.add(word);
    /** @type {Given} */
    const given = { annotations, entry: id, back, what };
    this.#given.push(given);
    void outcome.then((result) => {
      if (!result.ok) this.#forget(given);
    });
    return { given, outcome };
  }

  /** @param {Given} given there is nothing to take back */
  #forget(given) {
    this.#given = this.#given.filter((other) => other !== given);
  }

  /**
   * Takes the last verdict back.
   * @returns {Promise<{what: string, annotations: string[], arrived: boolean} | null>} null when there is none;
   *   `arrived`: the server had it
   * @throws {ApiError} when it cannot be taken back any more
   */
  async undo() {
    const last = this.#given.pop();
    if (!last) return null;
    const here = await this.#outbox.withdraw(last.entry);
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
