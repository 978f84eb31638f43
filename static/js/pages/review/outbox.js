import { Listeners } from "../../core/listeners.js";
import { ApiError } from "../../ui/api.js";
import { Refused, request, SignedOut } from "../label/server.js";
import { newId } from "../label/tabs.js";

/**
 * @typedef {import('./types.js').Decision} Decision
 * @typedef {object} Word what a reviewer said of answers, or of a task
 * @property {string} project
 * @property {string[]} annotations that it judges
 * @property {{task: string, decision: Decision} | null} decides
 * @property {{url: string, body: unknown}[]} requests one after the other; each may be sent again
 *
 * @typedef {Word & {id: string, tab: string, at: number}} Entry one on its way: which tab sends it, since when
 *
 * @typedef {{ok: true, answers: any[]} | {ok: false, error: ApiError, step: number}} Outcome `step`: which was refused
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;

/**
 * Verdicts, stored first and sent behind, one after the other, until the server has said yes or no. The same verdict
 * again changes nothing there, so anything unclear is sent again.
 */
export class VerdictOutbox {
  /** Oldest first. @type {Entry[]} */
  entries = [];
  /** Why nothing arrives at the moment. @type {'' | 'offline' | 'signed-out'} */
  trouble = "";
  /** @type {Listeners<void>} */
  changes = new Listeners();
  /** What the server refused of what an earlier page had left. @type {Listeners<ApiError>} */
  refusals = new Listeners();
  /** @type {Map<string, (outcome: Outcome) => void>} */
  #waiting = new Map();
  /** @type {Promise<unknown>} the attempt that is being made */
  #attempt = Promise.resolve();
  /** @type {Promise<unknown>} the last verdict is on the disk, or there is no room for it */
  #stored = Promise.resolve();
  #wake = () => {};
  #failures = 0;
  #tab = newId();
  #database;
  #scope;

  /**
   * @param {import('../label/database.js').Database} database
   * @param {import('../../core/scope.js').Scope} scope
   */
  constructor(database, scope) {
    this.#database = database;
    this.#scope = scope;
    for (const type of ["online", "focus"]) scope.listen(window, type, () => this.#wake());
    void navigator.locks?.request(lockOf(this.#tab), () => new Promise(() => {}));
  }

  /**
   * Takes over what a page that is gone has left, and begins to send.
   * @param {string} project
   * @returns {Promise<void>} what is on its way is among the entries then
   */
  async start(project) {
    const left = /** @type {Entry[]} */ (await this.#database.all("outbox"));
    for (const entry of left.sort((a, b) => a.at - b.at))
      if (entry.project === project && (await isGone(entry.tab))) this.entries.push(entry);
    void this.#run();
  }

  /**
   * @param {Word} word
   * @returns {{id: string, outcome: Promise<Outcome>}} settled when the server has answered
   */
  add(word) {
    const entry = { ...word, id: newId(), tab: this.#tab, at: Date.now() };
    /** @type {Promise<Outcome>} */
    const outcome = new Promise((resolve) => this.#waiting.set(entry.id, resolve));
    this.entries = [...this.entries, entry];
    this.#stored = this.#database.change({ put: [["outbox", entry]] }).catch(() => {});
    this.changes.emit();
    this.#wake();
    return { id: entry.id, outcome };
  }

  /**
   * Takes back what has not arrived.
   * @param {string} id
   * @returns {Promise<boolean>} false: the server has it
   */
  async withdraw(id) {
    await this.#attempt;
    if (!this.entries.some((entry) => entry.id === id)) return false;
    this.#waiting.delete(id);
    await this.#remove(id);
    return true;
  }

  async #run() {
    while (!this.#scope.disposed) {
      const [entry] = this.entries;
      if (entry) {
        this.#attempt = this.#send(entry);
        await this.#attempt;
      }
      if (this.#failures || !this.entries.length) await this.#pause();
    }
  }

  /** @param {Entry} entry */
  async #send(entry) {
    await this.#stored;
    const answers = [];
    try {
      for (const { url, body } of entry.requests) answers.push(await request("POST", url, { body }));
      await this.#settle(entry, { ok: true, answers });
    } catch (error) {
      if (error instanceof Refused)
        await this.#settle(entry, { ok: false, error: refusalOf(error), step: answers.length });
      else this.#later(error);
    }
  }

  /**
   * @param {Entry} entry
   * @param {Outcome} outcome
   */
  async #settle(entry, outcome) {
    this.#failures = 0;
    this.trouble = "";
    await this.#remove(entry.id);
    const told = this.#waiting.get(entry.id);
    this.#waiting.delete(entry.id);
    if (told) told(outcome);
    else if (!outcome.ok) this.refusals.emit(outcome.error);
  }

  /** @param {unknown} error */
  #later(error) {
    this.#failures += 1;
    this.trouble = error instanceof SignedOut ? "signed-out" : "offline";
    this.changes.emit();
  }

  /** @param {string} id */
  async #remove(id) {
    this.entries = this.entries.filter((entry) => entry.id !== id);
    await this.#stored;
    await this.#database.change({ remove: [["outbox", id]] });
    this.changes.emit();
  }

  #pause() {
    const longest = Math.min(FIRST_WAIT * 2 ** Math.min(this.#failures, 6), LONGEST_WAIT);
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        resolve(undefined);
      };
      const cancel = this.#scope.timeout(done, this.#failures ? longest : LONGEST_WAIT);
      this.#wake = done;
      if (!this.#failures && this.entries.length) done();
    });
  }
}

/** @param {Refused} error */
function refusalOf({ refusal }) {
  return new ApiError(refusal.status, refusal.message, refusal.fields);
}

/** @param {string} tab */
function lockOf(tab) {
  return `review-tab-${tab}`;
}

/** @param {string} tab @returns {Promise<boolean>} whether nobody sends what it left */
async function isGone(tab) {
  if (!navigator.locks) return true;
  return navigator.locks.request(lockOf(tab), { ifAvailable: true }, (lock) => lock !== null);
}
