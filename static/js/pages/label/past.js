import { request } from "./server.js";

/**
 * @typedef {import('./types.js').Past} Past
 * @typedef {import('./types.js').OwnAnswer} OwnAnswer
 */

/** The answers given before, as far as somebody went back to look at them. */
export class PastAnswers {
  /** Oldest first. @type {Past[]} */
  #all = [];
  /** @type {string | null} where the server's list goes on; null at its end */
  #older;

  /** @param {string} url of the first page of one's own work */
  constructor(url) {
    this.#older = url;
  }

  /** @param {Past} past */
  add(past) {
    this.#all.push(past);
  }

  /** @param {Past} past it was taken back */
  remove(past) {
    this.#all = this.#all.filter((other) => other !== past);
  }

  /**
   * @param {string} entry
   * @param {{id: string, version: number}} annotation as the server has it now
   */
  settle(entry, annotation) {
    for (const past of this.#all) {
      if (past.entry === entry) Object.assign(past, { entry: null, annotation });
    }
  }

  /** @param {string} assignment it was refused: not an answer any more */
  refuse(assignment) {
    this.#all = this.#all.filter((past) => past.assignment.id !== assignment);
  }

  /**
   * @param {Past | null} past null: from the present
   * @returns {Promise<Past | null>} the one before it
   */
  async before(past) {
    let place = past ? this.#all.indexOf(past) : this.#all.length;
    while (place === 0 && this.#older) {
      const known = this.#all.length;
      await this.#loadOlder();
      place = this.#all.length - known;
    }
    return this.#all[place - 1] ?? null;
  }

  /** @param {Past} past @returns {Past | null} the one after it; null: the present */
  after(past) {
    const place = this.#all.indexOf(past);
    return place < 0 ? null : (this.#all[place + 1] ?? null);
  }

  async #loadOlder() {
    const page = await request("GET", this.#older ?? "");
    this.#older = page.next;
    const known = new Set(this.#all.map((past) => past.annotation?.id));
    const waiting = new Set(this.#all.map((past) => past.assignment.id));
    const news = /** @type {OwnAnswer[]} */ (page.results).filter(
      (answer) => !answer.sent_back && !known.has(answer.id) && !waiting.has(answer.assignment ?? ""),
    );
    this.#all.unshift(...news.map(pastOf).reverse());
  }
}

/** @param {OwnAnswer} answer @returns {Past} */
export function pastOf(answer) {
  const { id, version, value, data, meta = {}, media, ontology_version, assignment } = answer;
  return {
    assignment: {
      id: assignment ?? `answer-${id}`,
      data,
      meta,
      media,
      ontology_version,
      guideline_version: null,
      draft: null,
      predictions: [],
      rework: null,
      for_experts: false,
      expires: "",
    },
    value,
    annotation: { id, version },
    entry: null,
    seconds: 0,
  };
}
