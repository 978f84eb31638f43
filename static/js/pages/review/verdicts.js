import { ApiError, api } from "../../ui/api.js";

/**
 * @typedef {import('./types.js').Judgement} Judgement
 * @typedef {{annotations: string[], sent: Promise<unknown>, back: () => void, what: string}} Given
 */

/** Verdicts are sent while the next entry is looked at already; each can be taken back. */
export class Verdicts {
  #urls;
  /** @type {Given[]} */
  #given = [];

  /** @param {Record<string, string>} urls */
  constructor(urls) {
    this.#urls = urls;
  }

  get canUndo() {
    return this.#given.length > 0;
  }

  /**
   * @param {string} annotation
   * @param {Judgement} judgement
   * @param {() => void} back brings the entry back into the queue
   * @returns {Promise<{ok: true} | {ok: false, error: ApiError}>}
   */
  give(annotation, judgement, back) {
    const sent = api("POST", this.#address(annotation), judgement);
    return this.#keep({ annotations: [annotation], sent, back, what: WHAT[judgement.verdict] });
  }

  /**
   * @param {string[]} annotations
   * @param {() => void} back
   * @returns {Promise<{accepted: number, refused: {annotation: string, message: string}[]}>}
   */
  async acceptAll(annotations, back) {
    const sent = api("POST", this.#urls.queue ?? "", { annotations });
    const answer = /** @type {{accepted: number, refused: {annotation: string, message: string}[]}} */ (
      await sent
    );
    const refused = new Set(answer.refused.map(({ annotation }) => annotation));
    const accepted = annotations.filter((annotation) => !refused.has(annotation));
    if (accepted.length)
      this.#given.push({ annotations: accepted, sent, back, what: `${accepted.length} accepted` });
    return answer;
  }

  /**
   * Takes the last verdict back.
   * @returns {Promise<{what: string, annotations: string[]} | null>} null when there is none
   * @throws {ApiError} when it cannot be taken back any more
   */
  async undo() {
    const last = this.#given.pop();
    if (!last) return null;
    await last.sent;
    for (const annotation of last.annotations) await api("DELETE", this.#address(annotation));
    last.back();
    return last;
  }

  /** @param {Given} given @returns {Promise<{ok: true} | {ok: false, error: ApiError}>} */
  async #keep(given) {
    this.#given.push(given);
    try {
      await given.sent;
      return { ok: true };
    } catch (error) {
      this.#given = this.#given.filter((other) => other !== given);
      return { ok: false, error: error instanceof ApiError ? error : new ApiError(0, String(error)) };
    }
  }

  /** @param {string} annotation */
  #address(annotation) {
    return this.#urls.verdicts?.replace("{}", annotation) ?? "";
  }
}

/** @type {Record<Judgement["verdict"], string>} */
const WHAT = { accept: "Accepted", fix: "Fixed", reject: "Sent back" };
